import type { AttributeName } from '../../src/contract/index.ts';
import { redactText } from '../../src/redact/index.ts';
import type { Guard } from '../base/guard.ts';
import type { Call } from '../capture/types.ts';
import type { Classify, Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';
import type { Hooks, OutboundCall } from './types.ts';

/** Attributes one call may get from hooks. */
const ATTRIBUTES_MAX = 16;
const TEXT_MAX = 256;
/** Ours, and those of the semantic conventions that we set: not a hook's to change. */
const TAKEN = /^(?:api|http|url|server|network|error|rpc)\./;

type Describe = (attributes: AttributeList, call: Call, outcome: Outcome) => string;

const seen = (call: Call): OutboundCall => ({
  method: call.method,
  host: call.host,
  port: call.port,
  path: call.path,
  header: (name) => call.requestHeader(name),
});

/** The hooks of one engine; more may join while it runs. */
export class HookSet {
  private readonly guard: Guard;
  private readonly hooks: Hooks[] = [];

  constructor(guard: Guard) {
    this.guard = guard;
  }

  add(hooks: Hooks): void {
    this.hooks.push(hooks);
  }

  readonly ignores = (call: Call): boolean =>
    this.hooks.some(({ ignore }) => ignore && this.guard.run('hook ignore', () => ignore(seen(call)) === true, false));

  readonly classify: Classify = (answer) => {
    for (const { classify } of this.hooks) {
      const found = classify && this.guard.run('hook classify', () => classify(answer), undefined);
      if (found !== undefined && found !== null) return found;
    }
    return undefined;
  };

  /** Adds what hooks say of a call to what is known of it. */
  enriching(describe: Describe): Describe {
    return (attributes, call, outcome) => {
      const name = describe(attributes, call, outcome);
      for (const { enrich } of this.hooks) {
        const more = enrich && this.guard.run('hook enrich', () => enrich(seen(call)), undefined);
        if (more) addOwn(attributes, more);
      }
      return name;
    };
  }
}

function addOwn(attributes: AttributeList, more: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(more).slice(0, ATTRIBUTES_MAX)) {
    if (TAKEN.test(name) || name.length > TEXT_MAX) continue;
    if (typeof value === 'string') attributes.set(name as AttributeName, redactText(value, TEXT_MAX));
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
      attributes.set(name as AttributeName, value);
  }
}
