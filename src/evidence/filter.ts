import { LAYER, OVERFLOW } from '../contract/index.ts';
import type { FailureRecord } from './record.ts';

/** What a list of failures is narrowed by; every member given must match. */
export interface Filter {
  readonly service?: string;
  readonly provider?: string;
  readonly layer?: string;
  readonly code?: string;
  readonly status?: number;
  readonly host?: string;
  /** Unix milliseconds. */
  readonly sinceMs?: number;
  /** Anywhere in URL, code, message, request ID or trace ID; case does not matter. */
  readonly text?: string;
}

/** The exact-match members, in the order they are shown; also the query parameters and the CLI options. */
export const FILTER_FIELDS = ['service', 'provider', 'layer', 'code', 'host'] as const;

export function matches(r: FailureRecord, f: Filter): boolean {
  return (
    FILTER_FIELDS.every((field) => f[field] === undefined || same(r[field], f[field])) &&
    (f.status === undefined || r.status === f.status) &&
    (f.sinceMs === undefined || r.startMs >= f.sinceMs) &&
    (f.text === undefined ||
      [r.url, r.code, r.message, r.requestId, r.traceId, r.service].some((t) =>
        t?.toLowerCase().includes(f.text!.toLowerCase()),
      ))
  );
}

/** Case does not matter: a metric’s label, from which a page’s link is made, is in lower case. */
const same = (value: string | undefined, wanted: string): boolean =>
  (value ?? '').toLowerCase() === wanted.toLowerCase();

/** Reads a filter from named texts (query parameters, options). The problem names what could not be read. */
export function filterOf(
  get: (name: string) => string | undefined,
  nowMs: number,
): Filter | { readonly problem: string } {
  const filter: { -readonly [K in keyof Filter]: Filter[K] } = {};
  for (const field of FILTER_FIELDS) {
    const value = get(field);
    // A link from a metric past its budget says nothing about this field.
    if (value !== undefined && value !== '' && value !== OVERFLOW) filter[field] = value;
  }
  if (filter.layer !== undefined && !Object.hasOwn(LAYER, filter.layer))
    return { problem: `layer is one of ${Object.keys(LAYER).join(', ')}` };
  const text = get('text');
  if (text) filter.text = text;
  const status = get('status');
  if (status) {
    if (!/^\d{3}$/.test(status)) return { problem: `status must be three digits, not '${status.slice(0, 20)}'` };
    filter.status = Number(status);
  }
  const since = get('since');
  if (since) {
    const ms = durationMs(since);
    if (ms === undefined) return { problem: `since must look like 15m, 2h or 1d, not '${since.slice(0, 20)}'` };
    filter.sinceMs = nowMs - ms;
  }
  return filter;
}

const UNIT = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 } as const;

/** `90s`, `15m`, `2h`, `1d` in milliseconds. */
export function durationMs(text: string): number | undefined {
  const m = /^(\d{1,6})([smhd])$/.exec(text);
  return m ? Number(m[1]) * UNIT[m[2] as keyof typeof UNIT] : undefined;
}
