/**
 * One call to the random source, and one text, per 64 spans: asking for 24 bytes each time costs more than the rest of a span's start.
 * Not for more, because an ID that is kept keeps all of them alive.
 */
const SPANS = 64;
const TRACE_BYTES = 16;
const BYTES = 24;
/** Each span's piece of the text is the `traceparent` of a trace that begins with it, sampled (W3C Trace Context §3.2). */
const FORM = '00-tttttttttttttttttttttttttttttttt-ssssssssssssssss-01';
const TRACE_AT = 3;
const SPAN_AT = 36;
const DIGITS = Buffer.from('0123456789abcdef');
let bytes = new Uint8Array(0);
let text = '';
let next = SPANS;

/** The IDs of one span, as text and as they were drawn: random, not all zero. */
export interface NewIds {
  /** 32 hexadecimal digits in lower case (W3C Trace Context §3.2.2.3). */
  readonly traceId: string;
  /** 16 of them (W3C Trace Context §3.2.2.4). */
  readonly spanId: string;
  readonly traceparent: string;
  /** Holds 16 bytes of the trace ID and 8 of the span ID from `at` on. */
  readonly bytes: Uint8Array;
  readonly at: number;
}

export function newIds(): NewIds {
  if (next === SPANS) draw();
  const from = next * FORM.length;
  const at = next++ * BYTES;
  if (!isSet(at, at + TRACE_BYTES) || !isSet(at + TRACE_BYTES, at + BYTES)) return newIds();
  return {
    traceId: text.slice(from + TRACE_AT, from + SPAN_AT - 1),
    spanId: text.slice(from + SPAN_AT, from + FORM.length - 3),
    traceparent: text.slice(from, from + FORM.length),
    bytes,
    at,
  };
}

function draw(): void {
  // new ones, because spans that have not ended still read theirs
  bytes = process.getBuiltinModule('node:crypto').randomFillSync(new Uint8Array(BYTES * SPANS));
  const codes = Buffer.from(FORM.repeat(SPANS));
  for (let span = 0; span < SPANS; span++) {
    writeHex(codes, span * FORM.length + TRACE_AT, span * BYTES, TRACE_BYTES);
    writeHex(codes, span * FORM.length + SPAN_AT, span * BYTES + TRACE_BYTES, BYTES - TRACE_BYTES);
  }
  text = codes.toString('latin1');
  next = 0;
}

function writeHex(codes: Uint8Array, to: number, from: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const byte = bytes[from + i]!;
    codes[to + 2 * i] = DIGITS[byte >> 4]!;
    codes[to + 2 * i + 1] = DIGITS[byte & 15]!;
  }
}

function isSet(from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return true;
  return false;
}
