import { checklistOf, retryText } from '../src/evidence/checklist.ts';
import { escalationOf, utc } from '../src/evidence/escalation.ts';
import { inert } from '../src/evidence/inert.ts';
import { traceqlOf } from '../src/evidence/log.ts';
import { type FailureRecord, headlineOf } from '../src/evidence/record.ts';
import { requestOf } from '../src/evidence/request.ts';
import type { Group } from '../src/evidence/why.ts';
import { askGroups, FILTER_OPTIONS, needFailure } from './client.ts';
import { command, flag, output, say, text, UsageError, type ValuesOf } from './command.ts';
import { beforehand, commandOf } from './fill.ts';
import { age, columns, factLines, paint, titleOf, wrap } from './paint.ts';

const OPTIONS = {
  ...FILTER_OPTIONS,
  since: text('15m', 'only newer ones: s, m, h or d'),
  text: text('words', 'anywhere in URL, code, message, request ID, trace ID'),
  limit: text('n', 'at most so many kinds'),
  json: flag('everything, as JSON'),
  curl: flag('of one failure: only its curl'),
  markdown: flag('of one failure: only the text for the provider’s support'),
  traceql: flag('of one failure: only the question for Tempo'),
  shell: text('sh|powershell', 'which shell the curl is for; sh is also for bash and zsh'),
} as const;

/** Lists failures of the collector at `FAULTLAYER_HTTP_HOST` and `_PORT`, or shows one. */
export const run = command({
  name: 'failures',
  usage: `usage: faultlayer failures [options]        list what the running collector keeps
       faultlayer failures <id> [options]   one failure; the ID, a trace ID or a request ID`,
  options: OPTIONS,
  exits: 'Exit code: 0 nothing found, 1 failures found, 2 wrong usage or no collector.',
  words: [0, 1, 'one ID at most'],
  run: (values, [id]) => (id === undefined ? list(values) : show(id, values)),
});

type Values = ValuesOf<typeof OPTIONS>;

async function list(values: Values): Promise<number> {
  const alone = (['curl', 'markdown', 'traceql'] as const).find((name) => values[name]);
  if (alone !== undefined) throw new UsageError(`--${alone} is of one failure: faultlayer failures <id> --${alone}`);
  const limit = Number(values.limit ?? Number.POSITIVE_INFINITY);
  if (!(limit >= 1)) throw new UsageError('--limit is a number of kinds, from 1');
  const all = await askGroups(values);
  const groups = all.slice(0, limit);
  const newest = groups.flatMap((g) => g.records).sort((a, b) => b.startMs - a.startMs);
  output(values, newest, () => (groups.length === 0 ? '' : table(groups)));
  if (groups.length === 0 && !values.json) say('no failure is kept that matches');
  if (all.length > groups.length) say(`${all.length - groups.length} more kinds`);
  return groups.length === 0 ? 0 : 1;
}

function table(groups: readonly Group[]): string {
  const now = Date.now();
  const rows = groups.map((g) => {
    const r = g.records[0]!;
    const call = `${r.method} ${r.template ?? r.host}`;
    const newest = `${age((now - r.startMs) / 1000)} ago`;
    const cells = [r.layer, r.provider, headlineOf(r), call, r.service, `${g.total}×`, newest, r.id];
    return cells.map((cell) => inert(cell, 40));
  });
  const head = ['layer', 'provider', 'code', 'call', 'service', 'times', 'newest', 'id'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 5 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return `${[paint('gray', line(head)), ...rows.map(line)].join('\n')}\n`;
}

async function show(id: string, values: Values): Promise<number> {
  const { failure, group, total } = await needFailure(id);
  const template = requestOf(failure);
  const copy = template && { command: commandOf(template, values.shell), notes: beforehand(failure, template) };
  output(values, failure, () => {
    if (values.curl) return `${copy?.command ?? '# the call had no HTTP URL'}\n`;
    if (values.markdown) return escalationOf(group, total);
    return values.traceql ? `${traceqlOf(failure)}\n` : card(failure, total, copy);
  });
  return 1;
}

/** Where the time went, e.g. `tcp 3 ms, wait 1204 ms`. */
const phases = (r: FailureRecord): string =>
  Object.entries(r.timings)
    .map(([phase, seconds]) => `${phase} ${Math.round(seconds * 1000)} ms`)
    .join(', ');

const MARK = { fine: paint('green', '✓'), here: paint('red', '✗'), open: paint('gray', '·') } as const;

/** `copy` repeats the call; `notes` are what to know before it is run. */
function card(r: FailureRecord, total: number, copy: { command: string; notes: string[] } | undefined): string {
  const facts = factLines([
    ['call', `${r.method} ${r.url}`],
    ['message', r.message],
    ['error', [r.error, r.detail].filter(Boolean).join(': ')],
    ['phases', phases(r)],
    ['server', [r.peer, r.port === undefined ? undefined : `port ${r.port}`].filter(Boolean).join(' ')],
    ['request ID', r.requestId ?? 'none came back'],
    ['when', `${utc(r.startMs)} UTC, ${total} of this kind`],
    ['service', [r.service, r.serviceVersion].filter(Boolean).join(' ')],
    ['trace', r.traceId],
    ['repeat it', retryText(r)],
  ]);
  const checks = checklistOf(r).flatMap((c) => [
    `  ${MARK[c.verdict]} ${c.name.padEnd(11)} ${inert(c.seen)}`,
    ...(c.next ? wrap(c.next, columns() - 16).map((line) => `${' '.repeat(16)}${paint('cyan', line)}`) : []),
  ]);
  const notes = (copy?.notes ?? []).flatMap((note) => wrap(note, columns())).map((line) => paint('gray', line));
  return [
    titleOf(r, headlineOf(r)),
    ...facts,
    '',
    ...checks,
    '',
    ...(copy === undefined ? [] : [copy.command, '', ...notes]),
    ...(notes.length > 0 ? [''] : []),
    paint('gray', `faultlayer doctor ${r.id} looks from here, now; faultlayer replay ${r.id} repeats it`),
    '',
  ].join('\n');
}
