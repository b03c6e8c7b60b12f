/**
 * The monotonic clock, milliseconds (High Resolution Time, `performance.now()`). Bound once: the global is a getter that Node runs anew for each
 * of a call's half a dozen instants, and tests put a clock of their own there.
 */
export const now: () => number = performance.now.bind(performance);
