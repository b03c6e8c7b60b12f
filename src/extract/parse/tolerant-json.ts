/** A string whose end was not captured: good for a message, never for a code. */
export class CutText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const MAX_DEPTH = 32;
const END = Symbol('end');

/**
 * Reads as much JSON as is there: cut off anywhere, with trailing commas, comments' remains or garbage behind it. One pass, no
 * backtracking, depth at most 32 (deeper values are skipped). What was cut is left out; a cut string is a `CutText`.
 * Objects have no prototype, so that `__proto__` is a key like any other.
 */
class Scanner {
  readonly text: string;
  at = 0;
  cut = false;
  constructor(text: string) {
    this.text = text;
  }

  private blank(): void {
    for (; this.at < this.text.length; this.at++) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9 && c !== 44) return;
    }
  }

  value(depth: number): unknown {
    this.blank();
    const c = this.text[this.at];
    if (c === undefined) return END;
    if (c === '{') return this.object(depth);
    if (c === '[') return this.array(depth);
    if (c === '"') return this.string();
    return this.word();
  }

  private object(depth: number): unknown {
    this.at++;
    const out: Record<string, unknown> = Object.create(null);
    for (;;) {
      this.blank();
      const c = this.text[this.at];
      if (c === undefined || this.cut) return this.end(out);
      if (c === '}') {
        this.at++;
        return out;
      }
      const key = c === '"' ? this.string() : this.word();
      this.blank();
      if (this.text[this.at] !== ':') {
        // A key without a value: skip one character so that the loop moves on.
        if (this.text[this.at] !== '}' && this.text[this.at] !== '"') this.at++;
        continue;
      }
      this.at++;
      const value = this.value(depth + 1);
      if (value === END) return this.end(out);
      if (typeof key === 'string' && depth < MAX_DEPTH && !(key in out)) out[key] = value;
    }
  }

  private array(depth: number): unknown {
    this.at++;
    const out: unknown[] = [];
    for (;;) {
      this.blank();
      const c = this.text[this.at];
      if (c === undefined || this.cut) return this.end(out);
      if (c === ']') {
        this.at++;
        return out;
      }
      if (c === '}' || c === ':') {
        this.at++;
        continue;
      }
      const value = this.value(depth + 1);
      if (value === END) return this.end(out);
      if (depth < MAX_DEPTH && out.length < 256) out.push(value);
    }
  }

  private end<T>(value: T): T {
    this.cut = true;
    return value;
  }

  private string(): unknown {
    const from = ++this.at;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text.charCodeAt(this.at);
      if (c === 92) this.at++;
      else if (c === 34) return unescaped(this.text.slice(from, this.at++));
    }
    this.cut = true;
    return new CutText(unescaped(this.text.slice(from)));
  }

  /** A number, a literal, or a name without quotes. At the end of the text it may go on, so it does not count. */
  private word(): unknown {
    const from = this.at;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text.charCodeAt(this.at);
      if (c <= 32 || c === 44 || c === 58 || c === 93 || c === 125 || c === 34) break;
    }
    if (this.at >= this.text.length) return this.end(END);
    if (this.at === from) {
      this.at++;
      return undefined;
    }
    const word = this.text.slice(from, this.at);
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    const number = Number(word);
    return Number.isNaN(number) ? word : number;
  }
}

function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw.replace(/[\u0000-\u001f]/g, ' ')}"`) as string;
  } catch {
    return raw.replace(/\\./g, ' ');
  }
}

/** The value at the start of the text, as far as it goes. Nesting is followed by recursion, so it is counted before. */
export function parseTolerant(text: string): unknown {
  const scanner = new Scanner(tooDeep(text) ? text.slice(0, depthLimit(text)) : text);
  const value = scanner.value(0);
  return value === END ? undefined : value;
}

const RECURSION_LIMIT = 512;

/** Index at which brackets are nested deeper than recursion should go; the text's length if they never are. */
function depthLimit(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 123 || c === 91) {
      if (++depth > RECURSION_LIMIT) return i;
    } else if ((c === 125 || c === 93) && depth > 0) depth--;
  }
  return text.length;
}

const tooDeep = (text: string): boolean => depthLimit(text) < text.length;
