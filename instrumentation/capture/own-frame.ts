import type { Method } from './patch.ts';

const holder = Error as { stackTraceLimit?: unknown };

/** Makes room for one more stack line, because our own frame will stand in it. Returns the limit to restore, if it was changed. */
function raiseLimit(): number | undefined {
  const limit = holder.stackTraceLimit;
  if (typeof limit !== 'number') return undefined;
  try {
    holder.stackTraceLimit = limit + 1;
  } catch {
    // frozen intrinsics
    return undefined;
  }
  return limit;
}

function restoreLimit(limit: number | undefined): void {
  if (limit !== undefined) holder.stackTraceLimit = limit;
}

/** What stands above a wrapper of ours on the stack. */
export interface Above {
  readonly frames: readonly string[];
  readonly limit: number;
}

/** Only while `wrapper` runs and the limit is restored. */
function framesAbove(wrapper: (...args: never[]) => unknown): Above | undefined {
  const limit = holder.stackTraceLimit;
  if (typeof limit !== 'number') return undefined;
  const here: { stack?: unknown } = {};
  Error.captureStackTrace(here, wrapper);
  return typeof here.stack === 'string' ? { frames: here.stack.split('\n').slice(1), limit } : undefined;
}

/**
 * Takes our wrapper's frame, or the line it made room for, out of an error made within it, and of its causes: the application sees what it always
 * saw. The frame is known by what stands above it, never by a name or a file: bundlers and source maps change both.
 */
export function forgetFrame(error: unknown, above: Above | undefined): void {
  if (above === undefined) return;
  let at = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    const { stack, cause } = at as { stack?: unknown; cause?: unknown };
    if (typeof stack === 'string') {
      const kept = withoutFrame(stack, above);
      if (kept !== stack) (at as Error).stack = kept;
    }
    at = cause;
  }
}

function withoutFrame(stack: string, { frames: above, limit }: Above): string {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  if (first < 0) return stack;
  const frames = lines.slice(first);
  const at = frames.findIndex((_, i) => i > 0 && frames.slice(i).every((line, j) => line === above[j]));
  if (at > 0) frames.splice(at - 1, 1);
  return [...lines.slice(0, first), ...frames.slice(0, limit)].join('\n');
}

/** Who looks at the calls of one function. None may throw. */
interface Watch {
  enter?(args: unknown[]): void;
  threw?(error: unknown, args: unknown[], above: Above | undefined): void;
  /** Gives the caller what it is to get. @param above asked for at once or not at all */
  returned(result: unknown, args: unknown[], above: () => Above | undefined): unknown;
}

/** A function that looks like the original and calls it. */
export function watched(original: Method, { enter, threw, returned }: Watch): Method {
  const above = () => framesAbove(call);
  const call = (target: Method, self: unknown, args: unknown[]): unknown => {
    enter?.(args);
    const limit = raiseLimit();
    let result: unknown;
    try {
      result = Reflect.apply(target, self, args);
    } catch (error) {
      restoreLimit(limit);
      threw?.(error, args, above());
      throw error;
    }
    restoreLimit(limit);
    return returned(result, args, above);
  };
  return new Proxy(original, { apply: call });
}
