/**
 * One call to the random source, and one conversion, per 64 spans: asking for 24 bytes each time costs more than the rest of a span's start.
 * Not for more, because an ID that is kept keeps all of them alive.
 */
const SPANS = 64;
const TRACE_BYTES = 16;
const BYTES = 24;
let bytes = new Uint8Array(0);
let hex = '';
let at = 0;

/** The IDs of one span as they were drawn, and as text (W3C Trace Context §3.2.2): random, lower case, not all zero. */
export interface NewIds {
  readonly traceId: string;
  readonly spanId: string;
  /** Holds 16 bytes of a trace ID and 8 of a span ID from `at` on. */
  readonly bytes: Uint8Array;
  readonly at: number;
}

export function newIds(): NewIds {
  if (at === bytes.length) {
    // new ones, because spans that have not ended still read theirs
    bytes = process.getBuiltinModule('node:crypto').randomFillSync(new Uint8Array(BYTES * SPANS));
    hex = Buffer.from(bytes.buffer).toString('hex');
    at = 0;
  }
  const from = 2 * at;
  const middle = from + 2 * TRACE_BYTES;
  const ids = { traceId: hex.slice(from, middle), spanId: hex.slice(middle, from + 2 * BYTES), bytes, at };
  const valid = isSet(at, at + TRACE_BYTES) && isSet(at + TRACE_BYTES, at + BYTES);
  at += BYTES;
  return valid ? ids : newIds();
}

function isSet(from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return true;
  return false;
}
