import { told } from './failure-event.ts';
import type { Finding, StreamReader } from './types.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = [123, 91];
const CLOSE = [125, 93];
const KEPT = 8192;

/** One JSON array sent an element at a time. An element that is an error has no other content. */
export class ArrayReader implements StreamReader {
  private depth = 0;
  private inString = false;
  private isEscaped = false;
  private element: number[] = [];
  private found: Finding | undefined = undefined;

  add(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length; i++) this.step(chunk[i]!);
  }

  end(): Finding | undefined {
    return this.found;
  }

  private step(byte: number): void {
    if (this.depth > 1 && this.element.length < KEPT) this.element.push(byte);
    if (this.inString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.inString = false;
    } else if (byte === QUOTE) this.inString = true;
    else if (OPEN.includes(byte)) {
      if (++this.depth === 2) this.element = [byte];
    } else if (CLOSE.includes(byte) && --this.depth === 1) {
      this.found = told(Buffer.from(this.element).toString('utf8'), false)?.finding;
      this.element = [];
    }
  }
}
