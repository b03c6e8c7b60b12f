import type { Difference } from '../../src/evidence/diff.ts';
import { inert, inertBlock } from '../../src/evidence/inert.ts';
import { ms } from '../doctor/words.ts';
import type { Run } from '../net/exchange.ts';
import { paint } from '../paint.ts';

const BODY_LINES = 20;

/** One run for people. */
export function runText(r: Run, title: string): string {
  if (r.refused !== undefined)
    return `${paint('bold', title)}\n  ${paint('red', '✗')} refused, nothing was sent: ${inert(r.refused)}\n`;
  const good = r.layer === undefined;
  const head =
    r.status === undefined || r.error !== undefined
      ? `${r.reason}: ${inert(r.error ?? '')}`
      : `${r.status}${r.evidence?.code ? ` ${inert(r.evidence.code)}` : ''}`;
  const lines = [
    paint('bold', title),
    `  ${good ? paint('green', '✓') : paint('red', '✗')} ${head}${good ? '' : paint('gray', ` (${r.layer})`)} in ${ms(r.durationMs)}${r.address ? paint('gray', ` from ${inert(r.address)}`) : ''}`,
    ...(r.evidence?.requestId ? [`    ${paint('gray', 'request ID')} ${inert(r.evidence.requestId)}`] : []),
    ...(r.evidence?.retryAfter === undefined ? [] : [`    ${paint('gray', 'Retry-After')} ${r.evidence.retryAfter} s`]),
    ...(r.status !== undefined && r.status >= 300 && r.status < 400
      ? [
          `    ${paint('gray', 'not followed to')} ${inert(r.headers.find(([n]) => n === 'location')?.[1] ?? 'nowhere')}`,
        ]
      : []),
  ];
  const body = r.body ? inertBlock(r.body, 4096).split('\n') : [];
  const more = body.length - BODY_LINES;
  return `${[...lines, ...body.slice(0, BODY_LINES).map((line) => `    ${line}`), ...(more > 0 ? [paint('gray', `    … ${more} more lines`)] : [])].join('\n')}\n`;
}

/** What changed, one line before and one after. */
export function differencesText(differences: readonly Difference[]): string {
  if (differences.length === 0) return `${paint('bold', 'no difference')}: the change is not what it depends on\n`;
  const lines = differences.flatMap((d) => [
    `  ${d.where}`,
    ...(d.before === undefined ? [] : [paint('red', `    - ${inert(d.before, 200)}`)]),
    ...(d.after === undefined ? [] : [paint('green', `    + ${inert(d.after, 200)}`)]),
  ]);
  return `${paint('bold', 'difference')}\n${lines.join('\n')}\n`;
}
