/** Delays and points in time as providers write them, as seconds from now. */

/** A year: more is not a delay but a mistake. */
const LONGEST = 366 * 86_400;

const sane = (seconds: number): number | undefined =>
  Number.isFinite(seconds) && seconds <= LONGEST ? Math.max(0, Math.round(seconds * 1000) / 1000) : undefined;

const UNITS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 };

/** Go `time.ParseDuration`: `6m0s`, `370ms`, `1h2m3.5s`; google.protobuf.Duration `12.5s` is one of them. */
function goDuration(text: string): number | undefined {
  if (text.length > 32 || !/^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h|d)){1,6}$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h|d)/g))
    seconds += Number(amount) * UNITS[unit!]!;
  return seconds;
}

/** Epoch milliseconds, epoch seconds or a delta, told apart by size: nobody waits thirty years. */
function numeric(value: number, nowMs: number): number | undefined {
  if (value < 0) return undefined;
  if (value >= 1e12) return sane((value - nowMs) / 1000);
  if (value >= 1e9) return sane(value - nowMs / 1000);
  return sane(value);
}

const NUMBER = /^\d{1,15}(?:\.\d{1,20})?$/;
/** RFC 9110 §5.6.7 dates and RFC 3339; `Date.parse` alone would take far too much for one. */
const DATE =
  /^(?:[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT|\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.+Z-]{0,20})$/;

/** Seconds from now of a header or body value; undefined if it is none. `nowMs` is the provider's clock. */
export function secondsOf(value: unknown, nowMs: number): number | undefined {
  if (typeof value === 'number') return numeric(value, nowMs);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  if (NUMBER.test(value)) return numeric(Number(value), nowMs);
  // AWS appends `, 120` to the date; Docker `;w=21600` to the number.
  const text = value
    .trim()
    .replace(/ GMT, \d{1,6}$/, ' GMT')
    .split(';', 1)[0]!;
  if (NUMBER.test(text)) return numeric(Number(text), nowMs);
  if (DATE.test(text)) return sane((Date.parse(text) - nowMs) / 1000);
  const duration = goDuration(text);
  return duration === undefined ? undefined : sane(duration);
}

/** Seconds of a value that is in milliseconds. */
export const fromMilliseconds = (value: unknown): number | undefined =>
  (typeof value === 'number' || (typeof value === 'string' && NUMBER.test(value))) && Number(value) >= 0
    ? sane(Number(value) / 1000)
    : undefined;

/** The answer's own clock if it has one, because resets are on it. */
export function clockOf(date: string | undefined, nowMs: number): number {
  const parsed = date === undefined || !DATE.test(date) ? Number.NaN : Date.parse(date);
  return Number.isNaN(parsed) ? nowMs : parsed;
}
