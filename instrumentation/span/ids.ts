/**
 * One call to the random source, and one conversion, per 64 spans: asking for 24 bytes each time costs more than the rest of a span's start.
 * Not for more, because an ID that is kept keeps the whole text alive.
 */
const pool = Buffer.allocUnsafeSlow(24 * 64);
let hex = '';
let at = 0;

const next = (digits: number): string => {
  if (at + digits > hex.length) {
    process.getBuiltinModule('node:crypto').randomFillSync(pool);
    hex = pool.toString('hex');
    at = 0;
  }
  const id = hex.slice(at, at + digits);
  at += digits;
  return id;
};

/** W3C Trace Context §3.2.2.3: 16 random bytes, not all zero. */
export const newTraceId = (): string => {
  const id = next(32);
  return id === '00000000000000000000000000000000' ? newTraceId() : id;
};

/** W3C Trace Context §3.2.2.4: 8 random bytes, not all zero. */
export const newSpanId = (): string => {
  const id = next(16);
  return id === '0000000000000000' ? newSpanId() : id;
};
