import { firstOf } from '../../lists.ts';
import type { Provider } from '../../providers/tables.ts';
import type { Answer, RateLimit } from '../base/types.ts';
import { type Fields, path, pathTable, type Reader, rowsFor } from '../parse/json-fields.ts';
import { resetDelay } from './rate-limits.ts';
import { fromMilliseconds, secondsOf } from './seconds.ts';

/** Headers in milliseconds win over `Retry-After`, which has no fractions. */
const MILLISECOND_HEADERS = ['retry-after-ms', 'x-ms-retry-after-ms', 'x-amz-retry-after', 'x-retry-after-ms'];
const SECOND_HEADERS = ['retry-after', 'x-retry-after', 'x-ratelimit-retry-after', 'x-rate-limit-retry-after'];

const MILLISECONDS =
  'retryafterms|retryafterinms|retryaftermilliseconds|retryaftermillis|retryinms|waitms|backoffms|retrydelayms';
const BODY_MILLISECONDS = pathTable([MILLISECONDS, `error|data|details|meta.${MILLISECONDS}`]);
const BODY = pathTable([
  'retryafter|retryaftersec|retryafterseconds|retryaftersecs|retryinseconds|waitseconds',
  'error|parameters|details|meta|data|detail.retryafter|retryaftersec|retryafterseconds|retrydelay',
  'error.details|metadata|data.retrydelay|retryafter|retryafterseconds',
  'details.retrydelay',
  'errors.retryafter|retryafterseconds',
  'errors.extensions|meta.retryafter|retryafterseconds|retryinseconds',
]);
/** When the limit ends; said of a limit that was hit, so only where it was. */
const BODY_END = pathTable([
  'ratelimitnext|ratelimitreset|resetat|retryat|nextrequestat',
  'error|details|meta|metadata.resetat|retryat|retrytime|recommendedretrytime',
  'limit|ratelimit.reset|resetat',
  'error.limit|ratelimit.reset|resetat',
]);
const MESSAGES = path('error.message');
/** Gmail: `User-rate limit exceeded.  Retry after 2026-01-01T00:15:00.000Z`. */
const IN_MESSAGE = /retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)/i;

/** Where a body says the unit of its numbers, or how long to wait in words. */
const UNITS = ['retryafterunit', 'unit', 'units', 'timeunit'];
const WORDS = ['message', 'msg', 'detail', 'description', 'error'];
const IS_MILLISECONDS = /^(?:ms|msecs?|millis|milliseconds?)$/i;
const SAID = /(?:^|\s)(\d{1,9}(?:\.\d{1,6})?) ?(m?)(?:s|secs?|seconds?|illis|illiseconds?)\b/i;

/** `retry_after: 2500` is 2.5 s where a unit beside it says so, or a message (`in 2.5 seconds`, rounded up as a rule). */
function isInMilliseconds(value: unknown, owner: Fields): boolean {
  if (UNITS.some((name) => IS_MILLISECONDS.test(String(owner.get(name))))) return true;
  const words = WORDS.map((name) => owner.get(name)).find((text) => typeof text === 'string' && text.length <= 1024);
  const [, amount, isMilli] = SAID.exec(String(words)) ?? [];
  const rounding = Number(amount) * 1000 - Number(value);
  return isMilli ? Number(amount) === value : Number(value) >= 1000 && rounding > -500 && rounding < 1000;
}

function fromBody(reader: Reader, nowMs: number): number | undefined {
  const seconds = (value: unknown): number | undefined => secondsOf(value, nowMs);
  const ofUnit = (value: unknown, _: string, owner: Fields): number | undefined =>
    isInMilliseconds(value, owner) ? fromMilliseconds(value) : seconds(value);
  return (
    reader.firstOf(rowsFor(BODY_MILLISECONDS, reader), fromMilliseconds) ??
    reader.firstOf(rowsFor(BODY, reader), ofUnit) ??
    reader.first(MESSAGES, (value) =>
      typeof value === 'string' && value.length <= 1024 ? seconds(IN_MESSAGE.exec(value)?.[1]) : undefined,
    )
  );
}

/** Seconds the provider asked to wait: headers, then the body, then the reset of the limit that was hit. */
export function retryAfterOf(
  answer: Answer,
  reader: Reader | undefined,
  families: readonly (RateLimit & { name: string })[],
  nowMs: number,
  provider?: Provider,
): number | undefined {
  const header = (name: string): string | undefined => answer.header(name);
  const seconds = (value: unknown): number | undefined => secondsOf(value, nowMs);
  const whole = firstOf(SECOND_HEADERS, (name) => seconds(header(name)));
  const body = reader && fromBody(reader, nowMs);
  // whole seconds are rounded up; a body may say it with fractions (Discord)
  const isExact = whole !== undefined && body !== undefined && body < whole && body > whole - 1;
  return (
    firstOf(MILLISECOND_HEADERS, (name) => fromMilliseconds(header(name)?.trim())) ??
    (isExact ? body : whole) ??
    provider?.delay?.(header) ??
    body ??
    (answer.status === 429 ? reader?.firstOf(rowsFor(BODY_END, reader), seconds) : undefined) ??
    resetDelay(families, answer.status)
  );
}
