import { LAYER } from '../../src/contract/index.ts';
import type { FailureRecord } from '../../src/evidence/record.ts';

const isText = (value: unknown): value is string => typeof value === 'string';
/** Members that a page cannot do without. */
const NEEDED = ['id', 'service', 'provider', 'method', 'url', 'host', 'traceId', 'spanId'] as const;
const NUMBERS = new Set(
  'startMs durationMs port status attempt retryAfter clockOffset tlsNotAfter deadline idle carried'.split(' '),
);
const OTHERS = new Set(
  'named authExpired idempotent requestBodyCut timings headers rateLimit batch stream answeredBy'.split(' '),
);
const isOfItsType = ([name, value]: [string, unknown]): boolean =>
  OTHERS.has(name) || (NUMBERS.has(name) ? Number.isFinite(value) : isText(value));

const isPairs = (value: unknown): boolean =>
  Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText));
const isNumbers = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && Object.values(value ?? { a: '' }).every(Number.isFinite));

/** A row as a record; undefined for one that another version or another program wrote and that lacks what a page needs. */
export function readRecord(text: unknown): FailureRecord | undefined {
  try {
    const record = JSON.parse(String(text)) as FailureRecord;
    const whole =
      NEEDED.every((name) => isText(record[name])) &&
      record.id !== '' &&
      Math.abs(record.startMs) < 8.64e15 &&
      Object.hasOwn(LAYER, record.layer) &&
      [record.headers, record.answeredBy ?? []].every(isPairs) &&
      [record.batch, record.stream].every(isNumbers);
    if (!whole || !Object.entries(record).every(isOfItsType)) return undefined;
    return {
      ...record,
      durationMs: record.durationMs ?? 0,
      attempt: record.attempt ?? 1,
      timings: timingsOf(record.timings),
    };
  } catch {
    // a line of somebody else's, or cut short
    return undefined;
  }
}

const timingsOf = (timings: unknown): Record<string, number> =>
  typeof timings === 'object' && timings !== null
    ? Object.fromEntries(
        Object.entries(timings).filter(([, seconds]) => typeof seconds === 'number' && Number.isFinite(seconds)),
      )
    : {};
