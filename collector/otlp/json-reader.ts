import { LIMITS } from '../limits.ts';
import { fourDigits, POWERS, runEnd } from './json-scan.ts';
import { Malformed } from './wire.ts';

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
/** By byte: 1 may stand in a number or a literal. */
const WORD = Uint8Array.from({ length: 256 }, (_, c) => (/[-+.0-9A-Za-z]/.test(String.fromCharCode(c)) ? 1 : 0));
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const utf8 = new TextDecoder('utf-8');
const latin1 = new TextDecoder('latin1');

/** Reads JSON (RFC 8259) from bytes without making objects, strings only on request. The position is `pos`. */
export class JsonReader {
  buf: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  pos = 0;
  /** The last string: between the quotes, as it stands in the bytes. */
  start = 0;
  end = 0;
  /** Whether it holds escapes, so that its bytes are not its text. */
  escaped = false;

  /** Steps over white space and returns the byte there; 0 at the end. */
  peek(): number {
    const { buf } = this;
    let p = this.pos;
    let c = buf[p]!;
    if (c > 0x20) return c;
    while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = buf[++p]!;
    this.pos = p;
    return p < buf.length ? c : 0;
  }

  string(): void {
    if (this.peek() !== QUOTE) throw this.unexpected();
    const { buf } = this;
    let p = this.pos + 1;
    this.start = p;
    this.escaped = false;
    for (;;) {
      p = runEnd(buf, this.view, p);
      const c = buf[p];
      if (c === QUOTE) break;
      this.pos = p;
      if (c !== 0x5c) throw this.unexpected();
      this.escaped = true;
      p += 2;
    }
    this.end = p;
    this.pos = p + 1;
    if (this.escaped) this.text();
  }

  /** The last string's text. */
  text(): string {
    const raw = utf8.decode(this.buf.subarray(this.start, this.end));
    if (!this.escaped) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      throw new Malformed('a string has an invalid escape');
    }
  }

  /** Enters an object or array. Returns false when it is `null`, and throws when it is anything else. */
  enter(open: 0x7b | 0x5b): boolean {
    const c = this.peek();
    if (c === open) {
      this.pos++;
      return true;
    }
    if (c !== 0x6e) throw this.unexpected();
    this.word();
    return false;
  }

  enterObject(): boolean {
    return this.enter(OBJECT);
  }

  enterArray(): boolean {
    return this.enter(ARRAY);
  }

  /** Moves to the next member's value and leaves its key in `start` and `end`; false at the object's end. */
  nextKey(first: boolean): boolean {
    let c = this.peek();
    if (c === OBJECT_END) {
      this.pos++;
      return false;
    }
    if (!first) {
      if (c !== COMMA) throw this.unexpected();
      this.pos++;
      c = this.peek();
    }
    this.string();
    if (this.peek() !== COLON) throw this.unexpected();
    this.pos++;
    return true;
  }

  /** Moves to the next element; false at the array's end. */
  nextElement(first: boolean): boolean {
    const c = this.peek();
    if (c === ARRAY_END) {
      this.pos++;
      return false;
    }
    if (first) return true;
    if (c !== COMMA) throw this.unexpected();
    this.pos++;
    return true;
  }

  /** A number or a literal, as text. */
  word(): string {
    this.peek();
    const from = this.pos;
    const { buf } = this;
    let p = from;
    while (WORD[buf[p]!] === 1) p++;
    this.pos = p;
    const text = latin1.decode(buf.subarray(from, p));
    if (text !== 'true' && text !== 'false' && text !== 'null' && !NUMBER.test(text)) throw this.unexpected();
    return text;
  }

  /** Steps over any value. */
  skip(depth: number): void {
    const c = this.peek();
    if (c === QUOTE) this.string();
    else if (c === OBJECT || c === ARRAY) {
      if (depth >= LIMITS.depth) throw new Malformed(`nested deeper than ${LIMITS.depth}`);
      this.pos++;
      if (c === OBJECT) for (let first = true; this.nextKey(first); first = false) this.skip(depth + 1);
      else for (let first = true; this.nextElement(first); first = false) this.skip(depth + 1);
    } else this.literal();
  }

  private literal(): void {
    if (this.lonelyDigit() >= 0) return;
    const c = this.buf[this.pos]!;
    if (c === 0x2d || (c >= 0x30 && c <= 0x39)) this.number();
    else this.word();
  }

  /** Reads a number without making a string of it: its grammar is checked, its value right to 15 digits. */
  number(): number {
    const { buf } = this;
    const from = this.pos;
    const negative = buf[from] === 0x2d;
    const whole = negative ? from + 1 : from;
    let p = whole;
    let value = 0;
    let scale = 0;
    for (let d = buf[p]! - 0x30; d >= 0 && d <= 9; d = buf[++p]! - 0x30) {
      if (value < 1e14) value = value * 10 + d;
      else scale++;
    }
    if (p === whole || (buf[whole] === 0x30 && p > whole + 1)) throw this.unexpected();
    if (buf[p] === 0x2e) {
      const fraction = ++p;
      for (const last = buf.length - 4; p <= last && value < 1e11; p += 4) {
        const four = fourDigits(this.view, p);
        if (four < 0) break;
        value = value * 1e4 + four;
        scale -= 4;
      }
      for (let d = buf[p]! - 0x30; d >= 0 && d <= 9; d = buf[++p]! - 0x30) {
        if (value >= 1e14) continue;
        value = value * 10 + d;
        scale--;
      }
      if (p === fraction) throw this.unexpected();
    }
    // An exponent, or something that is no number; or a scale no exact power covers.
    if (WORD[buf[p]!] === 1 || scale < -22 || scale > 22) return Number(this.word());
    this.pos = p;
    if (scale !== 0) value = scale < 0 ? value / POWERS[-scale]! : value * POWERS[scale]!;
    return negative ? -value : value;
  }

  /** The number here when it is one digit, as enums are; else -1, and nothing has been read. */
  lonelyDigit(): number {
    const digit = this.buf[this.pos]! - 0x30;
    if (!(digit >= 0 && digit <= 9) || WORD[this.buf[this.pos + 1]!] !== 0) return -1;
    this.pos++;
    return digit;
  }

  unexpected(): Malformed {
    return new Malformed(
      this.pos >= this.buf.length ? 'the JSON text ends too early' : `unexpected character at byte ${this.pos}`,
    );
  }
}
