import { isHiddenUnder } from '../named.ts';
import { nameKind } from '../names.ts';
import { redactText } from '../text.ts';
import { redactJson } from './json.ts';
import { hidingLabel, isLabel, isLabelled } from './label.ts';
import type { Side } from './side.ts';
import { isClean, WORD_MAX } from './word.ts';

const SECRET = '[secret]';
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

/** What is known of the lines above. */
interface Above {
  /** Lines that stand further in than this belong to a hidden value. */
  block: number;
  label: string | undefined;
}

function redactLine(line: string, side: Side, above: Above): string {
  if (line.length > WORD_MAX) return '[line dropped: too long to redact]';
  const indent = line.search(/\S/);
  if (above.block >= 0 && (indent > above.block || indent < 0))
    return indent < 0 ? line : line.slice(0, indent) + SECRET;
  above.block = -1;
  if (line[indent] === '{' || line[indent] === '[') {
    const json = redactJson(line, side);
    if (json !== undefined) return json;
  }
  const pair = pairOf(line);
  if (pair !== undefined) {
    const { start, name, value } = pair;
    const kind = nameKind(name);
    if (BLOCK.test(value) && (kind === 'credential' || kind === 'phrase' || (kind === 'personal' && value !== '')))
      above.block = indent;
    const text = value.replace(/^["']|["']$/g, '');
    if (above.label !== undefined && isLabelled(name) && isHiddenUnder(above.label, text))
      return `${start}${name}: ${SECRET}`;
    if (isLabel(name)) above.label = hidingLabel(text);
    else if (start.includes('-')) above.label = undefined;
  }
  return isClean(line) ? line : /^\s*/.exec(line)![0] + redactText(line, WORD_MAX);
}

/** Columns of a table whose first row names them; undefined if the text is none. */
function table(lines: readonly string[]): string[] | undefined {
  const separator = [',', ';', '\t', '|'].find((mark) => lines[0]!.includes(mark));
  if (separator === undefined || lines.length < 2 || lines[0]!.length > WORD_MAX) return undefined;
  const names = lines[0]!
    .trim()
    .split(separator)
    .map((name) => name.trim().replace(/^["']|["']$/g, ''));
  if (
    !names.every((name) => /^[\p{L}][\p{L}\p{N} _.-]{0,63}$/u.test(name)) ||
    !names.some((name) => hidingLabel(name) !== undefined)
  )
    return undefined;
  const [head = '', ...rows] = lines;
  return [
    head,
    ...rows.map((row) => {
      const cells = row.split(separator);
      if (row.trim() === '' || cells.length < 2) return row;
      // a cell with the separator in it moves the others: then none is shown
      if (cells.length !== names.length) return SECRET;
      return cells
        .map((cell, i) =>
          isHiddenUnder(names[i]!, cell.trim().replace(/^["']|["']$/g, ''))
            ? SECRET
            : isClean(cell)
              ? cell
              : redactText(cell, WORD_MAX),
        )
        .join(separator);
    }),
  ];
}

const INSERT = /\(([^()]{1,1000})\)\s{0,8}values\s{0,8}\(([^()]{1,1500})\)/gi;

/** `insert into … (columns) values (values)`. */
const redactInsert = (text: string): string =>
  text.replace(INSERT, (whole, columns: string, values: string) => {
    const names = columns.split(',').map((name) => name.trim().replace(/^["'`]|["'`]$/g, ''));
    const given = values.split(',');
    if (!names.some((name) => hidingLabel(name) !== undefined)) return whole;
    const safe = given.map((value, i) =>
      given.length !== names.length || isHiddenUnder(names[i]!, value.trim().replace(/^'|'$/g, ''))
        ? `'${SECRET}'`
        : value,
    );
    return `(${columns}) VALUES (${safe.join(',')})`;
  });

/** `name<tab>value`. */
const redactTabs = (line: string): string => {
  if (!line.includes('\t')) return line;
  const cells = line.split('\t');
  return cells
    .map((cell, i) =>
      i > 0 && hidingLabel(cells[i - 1]!.trim()) !== undefined && isHiddenUnder(cells[i - 1]!.trim(), cell)
        ? SECRET
        : cell,
    )
    .join('\t');
};

/** Text that is neither JSON, XML nor a form: tables by their columns, YAML and the like by the lines above, everything else line by line. */
export function redactLines(body: string, side: Side): string {
  const lines = (/values/i.test(body) && body.length < 32_768 ? redactInsert(body) : body).split('\n');
  const rows = table(lines);
  if (rows !== undefined) return rows.join('\n');
  const above: Above = { block: -1, label: undefined };
  return lines.map((line) => redactLine(redactTabs(line), side, above)).join('\n');
}
