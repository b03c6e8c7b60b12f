/** A string whose end was not captured: good for a message, never for a code. */
export class CutText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Stands behind a cut string until that is read; of Unicode's private use area. */
const CUT = '\ue000';
const MAX_DEPTH = 512;
const TOKEN =
  /[ \t\r\n]*(?:"[^"\\]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\]*)*"|[{}[\],:]|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)/y;
const OPEN_STRING = /[ \t\r\n]*"[^"\\]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\]*)*/y;
/** Behind a number or a literal; without one it may go on. */
const ENDS = ' \t\r\n,}]';
const CONTROLS = /[\u0000-\u001f]/g;

/**
 * Reads as much JSON as is there: up to where it was cut off, or to the first token out of place. What is open there is closed. One pass over the
 * tokens; containers beyond the depth are empty.
 */
export function parseTolerant(given: string): unknown {
  const text = given.trimStart();
  const open: ('}' | ']')[] = [];
  let wants: 'value' | 'key' | ':' | ',' = 'value';
  /** Behind the last value that is whole. */
  let end = 0;
  let at = 0;
  let mayClose = false;
  do {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0].trimStart();
    const mark = token?.[0];
    if (mark === undefined) break;
    if (mark === '"' && wants === 'key') wants = ':';
    else if (mark === ':' && wants === ':') wants = 'value';
    else if (mark === ',' && wants === ',') wants = open.at(-1) === '}' ? 'key' : 'value';
    else if ((mark === '{' || mark === '[') && wants === 'value' && open.length < MAX_DEPTH) {
      open.push(mark === '{' ? '}' : ']');
      wants = mark === '{' ? 'key' : 'value';
      end = TOKEN.lastIndex;
    } else if (mark === open.at(-1) && (wants === ',' || mayClose)) {
      open.pop();
      wants = ',';
      end = TOKEN.lastIndex;
    } else if (
      wants === 'value' &&
      (mark === '"' || (!'{}[],:'.includes(mark) && ENDS.includes(text[TOKEN.lastIndex] ?? 'x')))
    ) {
      wants = ',';
      end = TOKEN.lastIndex;
    } else break;
    at = TOKEN.lastIndex;
    mayClose = mark === '{' || mark === '[';
  } while (open.length > 0);
  OPEN_STRING.lastIndex = at;
  const cut = wants === 'value' && OPEN_STRING.test(text) ? `${text.slice(end, OPEN_STRING.lastIndex)}${CUT}"` : '';
  if (end === 0 && cut === '') return undefined;
  const whole = (text.slice(0, end) + cut + open.reverse().join('')).replace(CONTROLS, ' ');
  return cut === '' ? JSON.parse(whole) : JSON.parse(whole, withCut);
}

const withCut = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.endsWith(CUT) ? new CutText(value.slice(0, -1)) : value;
