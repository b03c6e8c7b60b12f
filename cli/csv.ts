import { utc } from '../src/evidence/escalation.ts';
import { inert } from '../src/evidence/inert.ts';
import type { FailureRecord } from '../src/evidence/record.ts';

const COLUMNS: readonly (readonly [name: string, value: (r: FailureRecord) => string | number | undefined])[] = [
  ['time_utc', (r) => utc(r.startMs)],
  ['service', (r) => r.service],
  ['provider', (r) => r.provider],
  ['method', (r) => r.method],
  ['url', (r) => r.url],
  ['layer', (r) => r.layer],
  ['status', (r) => r.status],
  ['code', (r) => r.code],
  ['reason', (r) => r.reason],
  ['request_id', (r) => r.requestId],
  ['trace_id', (r) => r.traceId],
  ['message', (r) => r.message],
  ['duration_ms', (r) => Math.round(r.durationMs)],
  ['id', (r) => r.id],
];

/** RFC 4180. A cell that a spreadsheet would take as a formula (CWE-1236) begins with an apostrophe. */
export function csvOf(records: readonly FailureRecord[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...records.map((r) => COLUMNS.map(([, value]) => cell(value(r))))];
  return `${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = inert(value);
  const safe = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
