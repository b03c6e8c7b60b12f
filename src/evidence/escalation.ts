import { batchText, reuseText, streamText } from './checklist.ts';
import { inert } from './inert.ts';
import { type FailureRecord, headlineOf } from './record.ts';

/**
 * Markdown for the provider’s support: what fails, since when, with which request IDs and exact times, and what has been ruled out.
 * Remote values stand in code spans, so that no link, mention or markup of theirs comes alive in a ticket.
 */
export function escalationOf(newestFirst: readonly FailureRecord[], total: number): string {
  const newest = newestFirst[0];
  if (newest === undefined) return '';
  const oldest = newestFirst.at(-1)!;
  const what =
    newest.status === undefined ? `No answer (${code(newest.reason ?? 'unknown')})` : `HTTP ${newest.status}`;
  const headline = headlineOf(newest);
  const about = newest.status === undefined || headline === String(newest.status) ? '' : `: ${code(headline)}`;
  const facts: (readonly [string, string | undefined])[] = [
    [
      'Request',
      code(`${newest.method} https://${newest.host}${newest.template ?? ''}`.replace('https://', schemeOf(newest))),
    ],
    [
      'Answer',
      `${what}${newest.code ? `, code ${code(newest.code)}` : ''}${newest.subcode ? ` / ${code(newest.subcode)}` : ''}`,
    ],
    ['Message', newest.message === undefined ? undefined : code(newest.message)],
    [
      'Our client’s error',
      newest.error === undefined ? undefined : code([newest.error, newest.detail].filter(Boolean).join(': ')),
    ],
    ['Parts', batchText(newest)],
    ['Stream', streamText(newest)],
    ['Answer headers', newest.answeredBy?.map(([name, value]) => code(`${name}: ${value}`)).join(', ')],
    ['Connection', reuseText(newest)],
    ['Server address', newest.peer === undefined ? undefined : code(newest.peer)],
    ['Seen', `${total} time${total === 1 ? '' : 's'}, ${utc(oldest.startMs)} to ${utc(newest.startMs)} (UTC)`],
    ['Did the request leave us', newest.sent],
    ['Retry-After we were given', newest.retryAfter === undefined ? undefined : `${newest.retryAfter} s`],
  ];
  const answered = newest.status !== undefined;
  const ruledOut = [
    answered ? 'DNS, TCP and TLS from our side: your server answered' : undefined,
    newest.clockOffset !== undefined && Math.abs(newest.clockOffset) < 5
      ? `our clock: within ${Math.max(1, Math.ceil(Math.abs(newest.clockOffset)))} s of your Date header`
      : undefined,
    newest.rateLimit?.remaining !== undefined && newest.rateLimit.remaining > 0
      ? `our quota: ${newest.rateLimit.remaining} calls left at that moment`
      : undefined,
  ].filter((line): line is string => line !== undefined);
  return [
    `# ${what} from ${code(newest.provider)}${about}`,
    '',
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`- ${name}: ${value}`])),
    '',
    '| time (UTC) | request ID | status | duration |',
    '| --- | --- | --- | --- |',
    ...shown(newestFirst).map(
      (r) =>
        `| ${utc(r.startMs)} | ${r.requestId ? cell(r.requestId) : 'none came back'} | ${r.status ?? 'none'} | ${Math.round(r.durationMs)} ms |`,
    ),
    '',
    ...(ruledOut.length > 0 ? ['Ruled out on our side:', '', ...ruledOut.map((line) => `- ${line}`), ''] : []),
    `Please tell us what your logs show for these ${newestFirst.some((r) => r.requestId) ? 'request IDs and ' : ''}times.`,
    '',
  ].join('\n');
}

/** Rows of the table: the newest, and the first. */
const ROWS = 10;
const shown = (newestFirst: readonly FailureRecord[]): readonly FailureRecord[] =>
  newestFirst.length <= ROWS ? newestFirst : [...newestFirst.slice(0, ROWS), newestFirst.at(-1)!];

const schemeOf = (r: FailureRecord): string => (r.url.startsWith('http:') ? 'http://' : 'https://');

/** Unix milliseconds as `2026-01-31 12:34:56.789`. */
export const utc = (ms: number): string =>
  Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().replace('T', ' ').replace('Z', '') : 'unknown time';

/** A Markdown code span around any text: the fence is longer than any run of backticks inside (CommonMark §6.1). */
export function code(text: string): string {
  const safe = inert(text, 512);
  const longest = Math.max(0, ...[...safe.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = safe.startsWith('`') || safe.endsWith('`') || safe.trim() === '' ? ' ' : '';
  return `${fence}${pad}${safe}${pad}${fence}`;
}

// GitHub Flavored Markdown tables split at `|` even inside code spans.
const cell = (text: string): string => code(text).replaceAll('|', '\\|');
