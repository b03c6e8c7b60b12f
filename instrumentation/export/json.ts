/** What becomes of a field's value in JSON (OTLP specification, "JSON Protobuf Encoding"). */
type Read = (bytes: Uint8Array, from: number, end: number) => unknown;
interface Field {
  readonly name: string;
  readonly read: Read | Message;
  readonly many?: true;
}
type Message = { readonly [number: number]: Field };

const buffer = (bytes: Uint8Array, from: number, end: number): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from);
const text: Read = (bytes, from, end) => buffer(bytes, from, end).toString();
const hex: Read = (bytes, from, end) => buffer(bytes, from, end).toString('hex');
const double: Read = (bytes, from) => buffer(bytes, from, from + 8).readDoubleLE();
const fixed32: Read = (bytes, from) => buffer(bytes, from, from + 4).readUInt32LE();
/** 64-bit numbers are text. */
const fixed64: Read = (bytes, from) => String(buffer(bytes, from, from + 8).readBigUInt64LE());
const varint = (bytes: Uint8Array, from: number): bigint => {
  let value = 0n;
  for (let i = from, shift = 0n; ; i++, shift += 7n) {
    value |= BigInt(bytes[i]! & 0x7f) << shift;
    if (bytes[i]! < 0x80) return value;
  }
};
const integer: Read = (bytes, from) => String(BigInt.asIntN(64, varint(bytes, from)));
const number: Read = (bytes, from) => Number(varint(bytes, from));
const flag: Read = (bytes, from) => bytes[from] === 1;

const VALUE: Record<number, Field> = {
  1: { name: 'stringValue', read: text },
  2: { name: 'boolValue', read: flag },
  3: { name: 'intValue', read: integer },
  4: { name: 'doubleValue', read: double },
};
VALUE[5] = { name: 'arrayValue', read: { 1: { name: 'values', read: VALUE, many: true } } };
const ATTRIBUTES: Field = {
  name: 'attributes',
  read: { 1: { name: 'key', read: text }, 2: { name: 'value', read: VALUE } },
  many: true,
};
const SPAN: Message = {
  1: { name: 'traceId', read: hex },
  2: { name: 'spanId', read: hex },
  3: { name: 'traceState', read: text },
  4: { name: 'parentSpanId', read: hex },
  5: { name: 'name', read: text },
  6: { name: 'kind', read: number },
  7: { name: 'startTimeUnixNano', read: fixed64 },
  8: { name: 'endTimeUnixNano', read: fixed64 },
  9: ATTRIBUTES,
  13: {
    name: 'links',
    read: { 1: { name: 'traceId', read: hex }, 2: { name: 'spanId', read: hex }, 4: ATTRIBUTES },
    many: true,
  },
  15: { name: 'status', read: { 2: { name: 'message', read: text }, 3: { name: 'code', read: number } } },
  16: { name: 'flags', read: fixed32 },
};
const SCOPE: Message = { 1: { name: 'name', read: text }, 2: { name: 'version', read: text } };
const SCOPE_SPANS: Message = {
  1: { name: 'scope', read: SCOPE },
  2: { name: 'spans', read: SPAN, many: true },
  3: { name: 'schemaUrl', read: text },
};
const REQUEST: Message = {
  1: {
    name: 'resourceSpans',
    read: {
      1: { name: 'resource', read: { 1: ATTRIBUTES } },
      2: { name: 'scopeSpans', read: SCOPE_SPANS, many: true },
      3: { name: 'schemaUrl', read: text },
    },
    many: true,
  },
};

function sizeOfVarint(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at++]! >= 0x80);
  return at - from;
}

function message(fields: Message, bytes: Uint8Array, from: number, end: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (let at = from; at < end; ) {
    const tag = Number(varint(bytes, at));
    at += sizeOfVarint(bytes, at);
    let length = [sizeOfVarint(bytes, at), 8, 0, 0, 0, 4][tag & 7]!;
    if ((tag & 7) === 2) {
      length = Number(varint(bytes, at));
      at += sizeOfVarint(bytes, at);
    }
    const field = fields[tag >> 3];
    if (field) {
      const { name, read, many } = field;
      const value = typeof read === 'function' ? read(bytes, at, at + length) : message(read, bytes, at, at + length);
      if (!many) made[name] = value;
      else if (name in made) (made[name] as unknown[]).push(value);
      else made[name] = [value];
    }
    at += length;
  }
  return made;
}

/** The same ExportTraceServiceRequest in the JSON encoding, for `http/json`: so both encodings hold the same, in the same batches. */
export const jsonOf = (body: Uint8Array): Uint8Array =>
  Buffer.from(JSON.stringify(message(REQUEST, body, 0, body.length)));
