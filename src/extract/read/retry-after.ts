import type { Provider } from '../../providers/tables.ts';
import type { Answer, RateLimit } from '../base/types.ts';
import { path, pathTable, type Reader, rowsFor } from '../parse/json-fields.ts';
import { resetDelay } from './rate-limits.ts';
import { fromMilliseconds, secondsOf } from './seconds.ts';

/** Headers in milliseconds win over `Retry-After`, which has no fractions. */
const MILLISECOND_HEADERS = ['retry-after-ms', 'x-ms-retry-after-ms', 'x-amz-retry-after', 'x-retry-after-ms'];
const SECOND_HEADERS = ['retry-after', 'x-retry-after', 'x-ratelimit-retry-after', 'x-rate-limit-retry-after'];

const BODY_MILLISECONDS = path('retryafterms|retryafterinms|retryaftermilliseconds');
const BODY = pathTable([
  'retryafter|retryaftersec|retryafterseconds|retryaftersecs|retryinseconds|waitseconds',
  'error|parameters|details|meta|data|detail.retryafter|retryaftersec|retryafterseconds|retrydelay',
  'error.details|metadata|data.retrydelay|retryafter|retryafterseconds',
  'details.retrydelay',
  'errors.retryafter|retryafterseconds',
  'errors.extensions|meta.retryafter|retryafterseconds|retryinseconds',
]);
/** When the limit ends; said of a limit that was hit, so only where it was. */
const BODY_END = path('ratelimitnext|ratelimitreset|resetat|retryat|nextrequestat');
const BODY_NESTED_MILLISECONDS = path('error|data|details|meta.retryafterms|retryafterinms');
const MESSAGES = path('error.message');
/** Gmail: `User-rate limit exceeded.  Retry after 2026-01-01T00:15:00.000Z`. */
const IN_MESSAGE = /retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)/i;

function fromBody(reader: Reader, nowMs: number): number | undefined {
  const ms =
    reader.first(BODY_MILLISECONDS, fromMilliseconds) ?? reader.first(BODY_NESTED_MILLISECONDS, fromMilliseconds);
  if (ms !== undefined) return ms;
  const delay = reader.firstOf(rowsFor(BODY, reader), (value) => secondsOf(value, nowMs));
  if (delay !== undefined) return delay;
  return reader.first(MESSAGES, (value) => {
    const date = typeof value === 'string' && value.length <= 1024 ? IN_MESSAGE.exec(value)?.[1] : undefined;
    return date === undefined ? undefined : secondsOf(date, nowMs);
  });
}

/** Seconds the provider asked to wait: headers, then the body, then the reset of the limit that was hit. */
export function retryAfterOf(
  answer: Answer,
  reader: Reader | undefined,
  families: readonly (RateLimit & { name: string })[],
  nowMs: number,
  provider?: Provider,
): number | undefined {
  for (const name of MILLISECOND_HEADERS) {
    const found = fromMilliseconds(answer.header(name)?.trim());
    if (found !== undefined) return found;
  }
  for (const name of SECOND_HEADERS) {
    const found = secondsOf(answer.header(name), nowMs);
    if (found === undefined) continue;
    // whole seconds are rounded up; a body may say it with fractions (Discord)
    const exact = reader === undefined ? undefined : fromBody(reader, nowMs);
    return exact !== undefined && exact < found && exact > found - 1 ? exact : found;
  }
  const own = provider?.delay?.((name) => answer.header(name));
  if (own !== undefined) return own;
  const body = reader === undefined ? undefined : fromBody(reader, nowMs);
  const end = answer.status === 429 ? reader?.first(BODY_END, (value) => secondsOf(value, nowMs)) : undefined;
  return body ?? end ?? resetDelay(families, answer.status);
}
