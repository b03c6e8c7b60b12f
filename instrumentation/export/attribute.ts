import { ATTRIBUTES } from '../../src/contract/index.ts';
import type { AttributeValue } from '../span/record.ts';
import { Bytes, varintSize } from './bytes.ts';

/** KeyValue and AnyValue (opentelemetry-proto common/v1/common.proto): field numbers shifted by three with the wire type. */
const TAG = {
  key: 0x0a,
  value: 0x12,
  text: 0x0a,
  array: 0x2a,
  flag: 0x10,
  int: 0x18,
  double: 0x21,
} as const;

interface Key {
  readonly bytes: Uint8Array;
  /** The contract says which numbers are doubles even when they happen to be whole. */
  readonly double: boolean;
  /** All that stands between the tag of an attribute and its eight bytes. */
  readonly beforeDouble: Uint8Array;
}
const keys = new Map<string, Key>();
/** Without them a span takes twice as long (8 µs more). Attribute names are a closed set; the cap only guards against a caller that builds names. */
const MAX_KEYS = 512;
function keyOf(name: string): Key {
  const known = keys.get(name);
  if (known) return known;
  const bytes = textField(TAG.key, name);
  const before = new Bytes(bytes.length + 16);
  before.varint(bytes.length + 11);
  before.raw(bytes);
  before.byte(TAG.value);
  before.byte(9);
  before.byte(TAG.double);
  const key = {
    bytes,
    double: (ATTRIBUTES as Record<string, { type: string }>)[name]?.type === 'double',
    beforeDouble: before.bytes(),
  };
  if (keys.size < MAX_KEYS) keys.set(name, key);
  return key;
}

/** Field of length-delimited UTF-8 text. */
export function textField(tag: number, value: string): Uint8Array {
  const out = new Bytes(16 + 3 * value.length);
  text(out, tag, value);
  return out.bytes();
}

const encoder = new TextEncoder();
const utf8Of = (value: string): Uint8Array => encoder.encode(value);

/** Length-delimited UTF-8 text. */
export function text(out: Bytes, tag: number, value: string): void {
  const at = out.length;
  out.byte(tag);
  out.varint(value.length);
  if (out.ascii(value)) return;
  out.length = at;
  out.byte(tag);
  const utf8 = utf8Of(value);
  out.varint(utf8.length);
  out.raw(utf8);
}

/** KeyValue{ key = 1, value = 2: AnyValue } under `tag`. */
export function writeAttribute(out: Bytes, tag: number, name: string, value: AttributeValue): void {
  const known = keyOf(name);
  const key = known.bytes;
  if (typeof value === 'string') {
    const at = out.length;
    let size = value.length;
    header(out, tag, key, 1 + varintSize(size) + size);
    out.byte(TAG.text);
    out.varint(size);
    if (out.ascii(value)) return;
    out.length = at;
    const utf8 = utf8Of(value);
    size = utf8.length;
    header(out, tag, key, 1 + varintSize(size) + size);
    out.byte(TAG.text);
    out.varint(size);
    out.raw(utf8);
  } else if (typeof value === 'boolean') {
    header(out, tag, key, 2);
    out.byte(TAG.flag);
    out.byte(value ? 1 : 0);
  } else if (typeof value === 'object') {
    writeTexts(out, tag, key, value);
  } else if (known.double || !Number.isSafeInteger(value)) {
    out.byte(tag);
    out.raw(known.beforeDouble);
    out.double(value);
  } else {
    header(out, tag, key, value < 0 ? 11 : 1 + varintSize(value));
    out.byte(TAG.int);
    out.int(value);
  }
}

/** The array of one short ASCII text, as nearly every header is; false for any other. */
function writeOneText(out: Bytes, tag: number, key: Uint8Array, value: string): boolean {
  // up to here each length takes one byte
  if (value.length > 100) return false;
  const at = out.length;
  const size = value.length;
  header(out, tag, key, size + 6);
  out.byte(TAG.array);
  out.byte(size + 4);
  out.byte(TAG.text);
  out.byte(size + 2);
  out.byte(TAG.text);
  out.byte(size);
  if (out.ascii(value)) return true;
  out.length = at;
  return false;
}

/** ArrayValue{ values = 1: AnyValue }; rare and short, so the sizes are counted first. */
function writeTexts(out: Bytes, tag: number, key: Uint8Array, values: readonly string[]): void {
  const [only] = values;
  if (values.length === 1 && writeOneText(out, tag, key, only!)) return;
  const texts = values.map(utf8Of);
  const valueSize = (text: Uint8Array): number => 1 + varintSize(text.length) + text.length;
  let size = 0;
  for (const text of texts) size += 1 + varintSize(valueSize(text)) + valueSize(text);
  header(out, tag, key, 1 + varintSize(size) + size);
  out.byte(TAG.array);
  out.varint(size);
  for (const text of texts) {
    out.byte(TAG.text);
    out.varint(valueSize(text));
    out.byte(TAG.text);
    out.varint(text.length);
    out.raw(text);
  }
}

function header(out: Bytes, tag: number, key: Uint8Array, anyValue: number): void {
  out.byte(tag);
  out.varint(key.length + 1 + varintSize(anyValue) + anyValue);
  out.raw(key);
  out.byte(TAG.value);
  out.varint(anyValue);
}
