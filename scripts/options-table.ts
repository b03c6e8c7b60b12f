import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPTIONS, type Option } from '../src/config.ts';

const FROM = '<!-- options: from src/config.ts, npm run gen -->';
const TO = '<!-- /options -->';
const PAGE = 'docs/configuration.md';

const shown = (value: unknown): string => {
  if (value === undefined) return '';
  if (value instanceof Map || value instanceof Set) return '';
  if (Array.isArray(value)) return value.length === 0 ? '' : `\`${value.join(',')}\``;
  return String(value) === '' ? '' : `\`${String(value)}\``;
};

/** The options table of the configuration page. */
export function generate(): Map<string, string> {
  const text = readFileSync(join(import.meta.dirname, '..', PAGE), 'utf8');
  const rows = (Object.values(OPTIONS) as Option[]).map(
    (o) => `| \`${o.env}\` | ${o.reader} | ${shown(o.default)} | ${o.doc.replaceAll('|', '\\|')} |`,
  );
  const table = ['| variable | read by | default | what |', '|---|---|---|---|', ...rows].join('\n');
  const [before, rest] = text.split(FROM);
  const [, after] = (rest ?? '').split(TO);
  return new Map([[PAGE, `${before}${FROM}\n${table}\n${TO}${after}`]]);
}
