/** Bound once: the global is a getter that Node runs anew for each of a call's half a dozen instants. */
const clock = performance;

/** The monotonic clock, milliseconds (High Resolution Time, `performance.now()`). */
export const now = (): number => clock.now();
