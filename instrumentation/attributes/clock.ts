/** Every so many answers one is compared although it did not fail at auth. */
const SAMPLE = 64;
let answers = 0;

/** Whether this answer's clock is looked at: always when it failed at auth, else now and then. */
export const looksAtClock = (failedAtAuth: boolean): boolean => failedAtAuth || answers++ % SAMPLE === 0;

/**
 * Seconds the provider's clock is ahead of ours. `Date` (RFC 9110 §6.6.1) has whole seconds, so half of one is added; it was written
 * between our request and its answer, so the middle of the two is compared.
 */
export function clockOffset(date: string | undefined, sentMs: number, answeredMs: number): number | undefined {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return undefined;
  return (theirs + 500 - (sentMs + answeredMs) / 2) / 1000;
}
