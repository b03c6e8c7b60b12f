/** One call to the random source per 256 spans: asking for 24 bytes each time costs more than the rest of a span's start. */
const pool = Buffer.allocUnsafeSlow(24 * 256);
let at = pool.length;

const next = (bytes: number): string => {
  if (at + bytes > pool.length) {
    process.getBuiltinModule('node:crypto').randomFillSync(pool);
    at = 0;
  }
  const id = pool.toString('hex', at, at + bytes);
  at += bytes;
  return id;
};

/** W3C Trace Context §3.2.2.3: 16 random bytes, not all zero. */
export const newTraceId = (): string => {
  const id = next(16);
  return id === '00000000000000000000000000000000' ? newTraceId() : id;
};

/** W3C Trace Context §3.2.2.4: 8 random bytes, not all zero. */
export const newSpanId = (): string => {
  const id = next(8);
  return id === '0000000000000000' ? newSpanId() : id;
};
