import { isHiddenUnder, nameKind } from '../named.ts';
import { redactText } from '../text.ts';
import { redactJson } from './json.ts';
import { hidingLabel, isClean, isLabel, isLabelled, SECRET, type Side, WORD_MAX } from './value.ts';

const unquoted = (text: string): string => text.trim().replace(/^["'`]|["'`]$/g, '');

/** `name: value`, `- name: value`, as in YAML. */
function pairOf(line: string): { start: string; name: string; value: string } | undefined {
  const at = line.indexOf(':');
  const start = /^ *(?:- )?/.exec(line)![0];
  const name = line.slice(start.length, at).replace(/["']/g, '');
  return at < 0 || name.length > 64 || !/^[^\s=]+$/.test(name)
    ? undefined
    : { start, name, value: line.slice(at + 1).trim() };
}
/** A value that goes on below, further in. */
const BLOCK = /^(?:[|>][+-]?\d?)?$/;

/** `above`: what is known of the lines above. Those that stand further in than `block` belong to a hidden value. */
function redactLine(line: string, side: Side, above: { block: number; label: string | undefined }): string {
  if (line.length > WORD_MAX) return '[line dropped: too long to redact]';
  const indent = line.search(/\S/);
  if (above.block >= 0 && (indent > above.block || indent < 0))
    return indent < 0 ? line : line.slice(0, indent) + SECRET;
  above.block = -1;
  const json = line[indent] === '{' || line[indent] === '[' ? redactJson(line, side) : undefined;
  if (json !== undefined) return json;
  const pair = pairOf(line);
  if (pair !== undefined) {
    const { start, name, value } = pair;
    const kind = nameKind(name);
    if (BLOCK.test(value) && (kind === 'credential' || kind === 'phrase' || (kind === 'personal' && value !== '')))
      above.block = indent;
    const text = unquoted(value);
    if (above.label !== undefined && isLabelled(name) && isHiddenUnder(above.label, text))
      return `${start}${name}: ${SECRET}`;
    if (isLabel(name)) above.label = hidingLabel(text);
    else if (start.includes('-')) above.label = undefined;
  }
  return isClean(line) ? line : /^\s*/.exec(line)![0] + redactText(line, WORD_MAX);
}

/** The cells of a row under the names of their columns; with the separator in one of them the others moved, and none is shown. */
const hiddenCells = (names: readonly string[], cells: readonly string[]): (string | undefined)[] =>
  cells.map((cell, i) =>
    cells.length !== names.length || isHiddenUnder(names[i]!, unquoted(cell)) ? undefined : cell,
  );

/** Columns of a table whose first row names them; undefined if the text is none. */
function table(lines: readonly string[]): string[] | undefined {
  const [head = '', ...rows] = lines;
  const separator = [',', ';', '\t', '|'].find((mark) => head.includes(mark));
  if (separator === undefined || rows.length === 0 || head.length > WORD_MAX) return undefined;
  const names = head.trim().split(separator).map(unquoted);
  if (!names.every((name) => /^[\p{L}][\p{L}\p{N} _.-]{0,63}$/u.test(name)) || !names.some(hidingLabel))
    return undefined;
  return [
    head,
    ...rows.map((row) => {
      const cells = row.split(separator);
      if (row.trim() === '' || cells.length < 2) return row;
      return hiddenCells(names, cells)
        .map((cell) => (cell === undefined ? SECRET : isClean(cell) ? cell : redactText(cell, WORD_MAX)))
        .join(separator);
    }),
  ];
}

const INSERT = /\(([^()]{1,1000})\)\s{0,8}values\s{0,8}\(([^()]{1,1500})\)/gi;
/** `insert into … (columns) values (values)`. */
const redactInsert = (text: string): string =>
  text.replace(INSERT, (whole, columns: string, values: string) => {
    const names = columns.split(',').map(unquoted);
    if (!names.some(hidingLabel)) return whole;
    const safe = hiddenCells(names, values.split(',')).map((value) => value ?? `'${SECRET}'`);
    return `(${columns}) VALUES (${safe.join(',')})`;
  });

/** `name<tab>value`. */
const redactTabs = (line: string): string =>
  line
    .split('\t')
    .map((cell, i, cells) => {
      const name = i === 0 ? undefined : hidingLabel(cells[i - 1]!.trim());
      return name !== undefined && isHiddenUnder(name, cell) ? SECRET : cell;
    })
    .join('\t');

/** Text that is neither JSON, XML nor a form: tables by their columns, YAML and the like by the lines above, everything else line by line. */
export function redactLines(body: string, side: Side): string {
  const lines = (/values/i.test(body) && body.length < 32_768 ? redactInsert(body) : body).split('\n');
  const rows = table(lines);
  if (rows !== undefined) return rows.join('\n');
  const above = { block: -1, label: undefined };
  return lines.map((line) => redactLine(line.includes('\t') ? redactTabs(line) : line, side, above)).join('\n');
}
