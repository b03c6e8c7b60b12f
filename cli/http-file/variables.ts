import { randomInt, randomUUID } from 'node:crypto';

/** Where a `{{name}}` gets its value from. */
export interface Scope {
  readonly variables: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const DEPTH_MAX = 10;

/**
 * Replaces `{{name}}` in one text, also inside values (to a bounded depth). The names without a value are reported, not replaced, so that a
 * request is never sent half filled.
 */
export function substitute(text: string, scope: Scope): { readonly text: string; readonly missing: readonly string[] } {
  const missing = new Set<string>();
  const fill = (part: string, depth: number): string =>
    part.replace(/\{\{\s*([^{}]{1,200}?)\s*\}\}/g, (whole, name: string) => {
      const value = name.startsWith('$') ? dynamic(name.slice(1), scope) : scope.variables.get(name);
      if (value === undefined || depth >= DEPTH_MAX) {
        missing.add(name);
        return whole;
      }
      return name.startsWith('$') ? value : fill(value, depth + 1);
    });
  return { text: fill(text, 0), missing: [...missing] };
}

type Dynamic = (scope: Scope, args: readonly string[]) => string | undefined;
const environment: Dynamic = (scope, [name = '']) => scope.environment[name.replace(/^%/, '')];
const uuid: Dynamic = () => randomUUID();
const time: Dynamic = () => new Date().toISOString();

/** The dynamic variables both editors know. */
const DYNAMIC: Readonly<Record<string, Dynamic>> = {
  processEnv: environment,
  dotenv: environment,
  uuid,
  guid: uuid,
  'random.uuid': uuid,
  timestamp: () => String(Math.floor(Date.now() / 1000)),
  isoTimestamp: time,
  datetime: time,
  randomInt: (_, args) => {
    const [min = 0, max = 1000] = args.map(Number);
    const isRange = Number.isInteger(min) && Number.isInteger(max) && max > min;
    return isRange ? String(randomInt(min, max)) : undefined;
  },
};

function dynamic(expression: string, scope: Scope): string | undefined {
  const [name = '', ...args] = expression.split(/\s+/);
  if (name.startsWith('env.')) return scope.environment[name.slice('env.'.length)];
  return Object.hasOwn(DYNAMIC, name) ? DYNAMIC[name]!(scope, args) : undefined;
}
