/** Protobuf written by hand, for what an encoder would not write. */

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A field of bytes: its number and what stands in it. */
export function field(number: number, ...parts: (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

/** A KeyValue whose AnyValue has these bytes. */
export const attribute = (key: string, value: Uint8Array): Buffer => field(9, field(1, key), field(2, value));
export const text = (value: string): Buffer => field(1, value);

/** The fields of a span that counts, identifiers and kind, and what follows them. */
export const client = (...more: Uint8Array[]): Buffer =>
  field(
    2,
    field(1, Buffer.alloc(16, 0xab)),
    field(2, Buffer.alloc(8, 0xcd)),
    Buffer.from([0x30, 3]),
    attribute('http.request.method', text('GET')),
    attribute('api.status.class', text('2xx')),
    ...more,
  );

/** A body of such spans. */
export const bodyOf = (spans: Uint8Array | Uint8Array[]): Buffer =>
  field(1, field(2, Array.isArray(spans) ? Buffer.concat(spans) : spans));
