/** The name every wrapper of ours has on the stack. */
const FRAME = 'faultlayerCall';

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

/** Takes our frame, or the line it made room for, out of an error made meanwhile and of its causes: the application sees what it always saw. */
export function forgetFrame(error: unknown): void {
  const limit = holder.stackTraceLimit;
  if (typeof limit !== 'number') return;
  let at = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    const { stack, cause } = at as { stack?: unknown; cause?: unknown };
    if (typeof stack === 'string') {
      const own = stack.split('\n').filter((line) => !line.includes(FRAME));
      const first = own.findIndex((line) => line.startsWith('    at '));
      const kept = first < 0 ? own : own.slice(0, first + limit);
      if (kept.join('\n') !== stack) (at as Error).stack = kept.join('\n');
    }
    at = cause;
  }
}
