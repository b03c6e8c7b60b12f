import { styleText } from 'node:util';
import { inert } from '../src/evidence/inert.ts';
import { statusBeside } from '../src/evidence/record.ts';

type Format = Parameters<typeof styleText>[0];

/** Colour for terminals only: `NO_COLOR`, `FORCE_COLOR` and pipes are respected by `styleText` itself. */
export const paint = (format: Format, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(format, text, { stream });

/** Columns to wrap at: the terminal’s, between 60 and 120; 100 where there is none. */
export const columns = (): number => Math.min(120, Math.max(60, process.stdout.columns ?? 100));

/** Breaks text at spaces; words longer than a line stay whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(' ')) {
    if (line !== '' && line.length + 1 + part.length > width) {
      lines.push(line);
      line = part;
    } else line = line === '' ? part : `${line} ${part}`;
  }
  return [...lines, line];
}

/** Names and values below a headline, a line each; what is absent has none. */
export const factLines = (facts: readonly (readonly [name: string, value: string | undefined])[]): string[] =>
  facts.flatMap(([name, value]) => (value ? [`  ${paint('gray', name.padEnd(11))} ${inert(value)}`] : []));

/** The headline of a kind of failure: layer, provider, status, code. */
export const titleOf = (r: { layer: string; provider: string; status?: number }, code: string): string =>
  paint(
    'bold',
    [`${r.layer}:`, inert(r.provider), statusBeside(code, r.status), inert(code)].filter(Boolean).join(' '),
  );
