/** Where a `{{name}}` gets its value from; undefined where it has none. */
export interface Scope {
  variable(name: string): string | undefined;
  environment(name: string): string | undefined;
  nowMs(): number;
  uuid(): string;
  /** From 0 to `max` - 1. */
  random(max: number): number;
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
      const value = name.startsWith('$') ? dynamic(name.slice(1), scope) : scope.variable(name);
      if (value === undefined || depth >= DEPTH_MAX) {
        missing.add(name);
        return whole;
      }
      return name.startsWith('$') ? value : fill(value, depth + 1);
    });
  return { text: fill(text, 0), missing: [...missing] };
}

type Dynamic = (scope: Scope, args: readonly string[]) => string | undefined;
const environment: Dynamic = (scope, [name = '']) => scope.environment(name.replace(/^%/, ''));
const uuid: Dynamic = (scope) => scope.uuid();
const time: Dynamic = (scope) => new Date(scope.nowMs()).toISOString();

/** The dynamic variables both editors know. */
const DYNAMIC: Readonly<Record<string, Dynamic>> = {
  processEnv: environment,
  dotenv: environment,
  uuid,
  guid: uuid,
  'random.uuid': uuid,
  timestamp: (scope) => String(Math.floor(scope.nowMs() / 1000)),
  isoTimestamp: time,
  datetime: time,
  randomInt: (scope, args) => {
    const [min = 0, max = 1000] = args.map(Number);
    const isRange = Number.isInteger(min) && Number.isInteger(max) && max > min;
    return isRange ? String(min + scope.random(max - min)) : undefined;
  },
};

function dynamic(expression: string, scope: Scope): string | undefined {
  const [name = '', ...args] = expression.split(/\s+/);
  if (name.startsWith('env.')) return scope.environment(name.slice('env.'.length));
  return Object.hasOwn(DYNAMIC, name) ? DYNAMIC[name]!(scope, args) : undefined;
}
