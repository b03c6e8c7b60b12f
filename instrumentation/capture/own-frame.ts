const holder = Error as { stackTraceLimit?: unknown };

/** Makes room for one more stack line, because our own frame will stand in it. Returns the limit to restore, if it was changed. */
export function raiseLimit(): number | undefined {
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

export function restoreLimit(limit: number | undefined): void {
  if (limit !== undefined) holder.stackTraceLimit = limit;
}

/** What stands above a wrapper of ours on the stack. */
export interface Above {
  readonly frames: readonly string[];
  readonly limit: number;
}

/** Only while `wrapper` runs and the limit is restored. */
export function framesAbove(wrapper: (...args: never[]) => unknown): Above | undefined {
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
