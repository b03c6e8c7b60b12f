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

/** Seconds in words, two parts at most: `42 s`, `3 min`, `5 h 12 min`, `12 d`. */
export function age(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 120) return `${s} s`;
  const min = Math.round(s / 60);
  if (min < 120) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 48) return min % 60 === 0 ? `${h} h` : `${h} h ${min % 60} min`;
  return `${Math.floor(h / 24)} d`;
}

/** Milliseconds as people read them. */
export const ms = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;

export const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
