import { readFileSync } from 'node:fs';
import { explained, type Reason, redactBody, redactText, redactUrl, safeHeaders } from '../src/redact/index.ts';
import { command, JSON_FLAG, output, text, UsageError } from './command.ts';

const USAGE = `usage: faultlayer redact [file] [options]

Prints what would leave the process of a text, read from a file or from standard input; on standard error, why the rest
would not. Nothing is sent anywhere. FAULTLAYER_REDACT and FAULTLAYER_KEEP are read.`;

const EXITS = `Kinds: body, the whole input as one captured body (JSON, form, XML, multipart, text); url, a URL a line; text, a message
a line; header, a response header a line. Without --as, each is what it looks like.

Exit code: 0 nothing was taken out, 1 something was, 2 wrong usage.`;

const KINDS = ['body', 'url', 'text', 'header'] as const;
type Kind = (typeof KINDS)[number];

const URL_LINE = /^(?:[a-z][a-z\d+.-]{1,30}:\/\/|\/)\S*$/i;

function redactHeader(line: string): string {
  const at = line.indexOf(':');
  const name = line.slice(0, at);
  const [shown] = safeHeaders([[name, line.slice(at + 1).trim()]]);
  return `${name}: ${shown?.[1] ?? '(not shown: no header that is known to hold no secret)'}`;
}

function redactLine(line: string, kind: Kind | undefined): string {
  if (kind === 'header') return redactHeader(line);
  return kind === 'url' || (kind === undefined && URL_LINE.test(line)) ? redactUrl(line) : redactText(line, 2048);
}

type Row = { readonly line: number; readonly text: string; readonly reasons: readonly Reason[] };

function rowsOf(input: string, kind: Kind | undefined): Row[] {
  if (kind === 'body' || (kind === undefined && /^\s*[{[<]|^--\S+\r?\n/.test(input)))
    return [{ line: 1, ...explained(() => redactBody(input.replace(/\n$/, ''), 'request')) }];
  return input
    .replace(/\n$/, '')
    .split('\n')
    .map((line, i) => ({ line: i + 1, ...explained(() => redactLine(line.replace(/\r$/, ''), kind)) }));
}

/** Shows what is kept of a text, and why the rest is not. */
export const run = command({
  name: 'redact',
  usage: USAGE,
  options: { as: text('kind', 'read the input as this kind'), json: JSON_FLAG },
  exits: EXITS,
  words: [0, 1, 'one file, or none for standard input'],
  run(values, [file]) {
    const kind = KINDS.find((k) => k === values.as);
    if (values.as !== undefined && kind === undefined) throw new UsageError(`--as must be one of ${KINDS.join(', ')}`);
    const input = readFileSync(file ?? 0, 'utf8');
    const rows = rowsOf(input, kind);
    output(values, rows, () => rows.map(({ text }) => `${text}\n`).join(''));
    for (const { line, reasons } of values.json ? [] : rows)
      for (const { rule, characters } of reasons)
        process.stderr.write(`line ${line}: ${rule}, ${characters} characters\n`);
    return rows.some(({ reasons }) => reasons.length > 0) ? 1 : 0;
  },
});
