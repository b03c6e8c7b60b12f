import { Memory } from '../../src/memo.ts';
import { type HeaderShape, RepeatedTexts, shapeOf } from './header-shape.ts';

// `Buffer` itself is looked up anew each time it is named
const { isBuffer } = Buffer;
/** Headers whose values come again and again, if only for a second; others are as a rule new each time. */
const REPEATING = new Set(['content-type', 'date', 'retry-after', 'server']);
const values = Memory.part(() => new RepeatedTexts());

const textOf = (value: unknown, name: string): string | undefined => {
  if (typeof value === 'string') return value;
  const one = Array.isArray(value) ? value[0] : value;
  if (one === undefined || one === null) return undefined;
  if (!isBuffer(one)) return String(one);
  return REPEATING.has(name) ? values().of(one) : one.toString('latin1');
};

/** Bytes of an HTTP/1.1 answer's head, as servers write it: one space after each colon. */
export function headSize(flat: readonly unknown[], statusText: string): number {
  let size = `HTTP/1.1 200 ${statusText}\r\n\r\n`.length;
  for (let i = 0; i + 1 < flat.length; i += 2)
    size += (flat[i] as string).length + (flat[i + 1] as string).length + ': \r\n'.length;
  return size;
}

/** Headers as clients keep them, names and values in turn, read by lower-case name. Of a repeated header the first counts. */
export class HeaderList {
  readonly flat: readonly unknown[];
  private shape: HeaderShape | undefined = undefined;
  /** Length of the list when its shape was read. */
  private read = 0;
  /** Values made into text, by their place in the list. */
  private texts: (string | undefined)[] | undefined = undefined;

  constructor(flat: readonly unknown[]) {
    this.flat = flat;
  }

  static of(headers: readonly unknown[] | Readonly<Record<string, unknown>>): HeaderList {
    return new HeaderList(Array.isArray(headers) ? headers : Object.entries(headers).flat());
  }

  /** In lower case, each once; what was added to the client's list since is seen too. The same array for lists of the same names. */
  names(): readonly string[] {
    return this.current().names;
  }

  first(name: string): string | undefined {
    const at = this.current().places.get(name);
    if (at === undefined) return undefined;
    const value = this.flat[at];
    // bytes are made into text once: a failing answer is asked for the same few headers again and again
    if (typeof value === 'string') return value;
    this.texts ??= [];
    this.texts[at] ??= textOf(value, name);
    return this.texts[at];
  }

  private current(): HeaderShape {
    if (this.shape === undefined || this.read !== this.flat.length) {
      this.shape = shapeOf(this.flat);
      this.texts = undefined;
      this.read = this.flat.length;
    }
    return this.shape;
  }
}
