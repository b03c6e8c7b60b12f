import { inert } from '../../src/evidence/inert.ts';
import { columns, paint, wrap } from '../paint.ts';
import type { DoctorReport, Finding, StepReport } from './base.ts';

const MARK = { ok: '✓', mismatch: '✗', note: '!', unknown: '·' } as const;
const STYLE = { ok: 'green', mismatch: 'red', note: 'yellow', unknown: 'gray' } as const;
const INDENT = 6;

/** The report for people. Remote text in it is inert. */
export function textOf(report: DoctorReport): string {
  const width = Math.min(28, Math.max(...report.steps.flatMap((s) => s.findings.map((f) => f.check.length)), 8));
  return [
    `${paint('bold', 'faultlayer doctor')}  ${report.method} ${inert(report.url)}`,
    '',
    ...report.steps.flatMap((step, i) => [...stepLines(step, i + 1, width), '']),
    ...conclusion(report),
    '',
  ].join('\n');
}

function stepLines(step: StepReport, number: number, width: number): string[] {
  if (step.verdict === 'not reached') return [paint('gray', `  ${number} ${step.step.padEnd(12)} not reached`)];
  const head = step.verdict === 'ok' ? paint(['bold', 'green'], 'ok') : paint(['bold', 'red'], 'mismatch');
  return [
    `  ${number} ${paint('bold', step.step.padEnd(12))} ${head}`,
    ...step.findings.flatMap((f) => findingLines(f, width)),
  ];
}

function findingLines(f: Finding, width: number): string[] {
  const text = Math.max(30, columns() - INDENT - 2 - width - 2);
  const pad = ' '.repeat(INDENT + 2 + width + 2);
  const [first = '', ...rest] = wrap(inert(f.seen), text);
  const lines = [
    `${' '.repeat(INDENT)}${paint(STYLE[f.verdict], MARK[f.verdict])} ${paint(f.verdict === 'unknown' ? 'gray' : 'reset', inert(f.check).padEnd(width))}  ${first}`,
    ...rest.map((line) => pad + line),
  ];
  if (f.means) lines.push(...wrap(`means ${inert(f.means)}`, text).map((line) => pad + paint('gray', line)));
  if (f.next) lines.push(...wrap(`→ ${inert(f.next)}`, text).map((line) => pad + paint('cyan', line)));
  return lines;
}

function conclusion(report: DoctorReport): string[] {
  if (report.verdict === 'ok')
    return [`  ${paint('green', 'No mismatch.')} Seen from this host, now, the call is in order.`];
  const at = report.steps.find((s) => s.step === report.stoppedAt)!.findings.find((f) => f.verdict === 'mismatch')!;
  return wrap(
    `Stopped at ${report.stoppedAt === 'service' ? 'the service itself' : report.stoppedAt}: ${inert(at.check)}, ${inert(at.seen).replace(/\.$/, '')}.`,
    columns() - 2,
  ).map((line) => `  ${paint('bold', line)}`);
}
