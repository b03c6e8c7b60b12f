/** What becomes of a field's bytes in JSON (OTLP specification, "JSON Protobuf Encoding"). */
type Read = (bytes: Buffer) => unknown;
/** By field number; a list is told by its name in brackets. */
type Message = { readonly [number: number]: readonly [name: string, Read | Message] };

const text: Read = (bytes) => bytes.toString();
const hex: Read = (bytes) => bytes.toString('hex');
const double: Read = (bytes) => bytes.readDoubleLE();
const fixed32: Read = (bytes) => bytes.readUInt32LE();
/** 64-bit numbers are text. */
const fixed64: Read = (bytes) => String(bytes.readBigUInt64LE());
const varint = (bytes: Buffer): bigint => bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
const integer: Read = (bytes) => String(BigInt.asIntN(64, varint(bytes)));
const number: Read = (bytes) => Number(varint(bytes));
const flag: Read = (bytes) => bytes[0] === 1;

const VALUE: Record<number, Message[number]> = {
  1: ['stringValue', text],
  2: ['boolValue', flag],
  3: ['intValue', integer],
  4: ['doubleValue', double],
};
VALUE[5] = ['arrayValue', { 1: ['[values]', VALUE] }];
const ATTRIBUTES = ['[attributes]', { 1: ['key', text], 2: ['value', VALUE] }] as const;
const SPAN: Message = {
  1: ['traceId', hex],
  2: ['spanId', hex],
  3: ['traceState', text],
  4: ['parentSpanId', hex],
  5: ['name', text],
  6: ['kind', number],
  7: ['startTimeUnixNano', fixed64],
  8: ['endTimeUnixNano', fixed64],
  9: ATTRIBUTES,
  13: ['[links]', { 1: ['traceId', hex], 2: ['spanId', hex], 4: ATTRIBUTES }],
  15: ['status', { 2: ['message', text], 3: ['code', number] }],
  16: ['flags', fixed32],
};
const SCOPE_SPANS: Message = {
  1: ['scope', { 1: ['name', text], 2: ['version', text] }],
  2: ['[spans]', SPAN],
  3: ['schemaUrl', text],
};
const RESOURCE_SPANS: Message = {
  1: ['resource', { 1: ATTRIBUTES }],
  2: ['[scopeSpans]', SCOPE_SPANS],
  3: ['schemaUrl', text],
};

/** Bytes of a value by its wire type; a length stands before type 2, and a varint ends with its first byte below 128. */
const SIZES = [0, 8, 0, 0, 0, 4];

function message(fields: Message, bytes: Buffer): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  let at = 0;
  const next = (size: number): Buffer => {
    at += size;
    return bytes.subarray(at - size, at);
  };
  const nextVarint = (): Buffer => next(bytes.subarray(at).findIndex((byte) => byte < 0x80) + 1);
  while (at < bytes.length) {
    const tag = Number(varint(nextVarint()));
    const type = tag & 7;
    const value = type === 0 ? nextVarint() : next(type === 2 ? Number(varint(nextVarint())) : SIZES[type]!);
    const [name, read] = fields[tag >> 3] ?? [];
    if (name === undefined || read === undefined) continue;
    const found = typeof read === 'function' ? read(value) : message(read, value);
    const list = /^\[(.*)\]$/.exec(name)?.[1];
    if (list === undefined) made[name] = found;
    else if (list in made) (made[list] as unknown[]).push(found);
    else made[list] = [found];
  }
  return made;
}

/** The same ExportTraceServiceRequest in the JSON encoding, for `http/json`: so both encodings hold the same, in the same batches. */
export const jsonOf = (body: Uint8Array): Uint8Array =>
  Buffer.from(JSON.stringify(message({ 1: ['[resourceSpans]', RESOURCE_SPANS] }, Buffer.from(body))));
