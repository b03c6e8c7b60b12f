import { Refusal } from '../base/body.ts';
import type { Scalar } from '../base/failed-span.ts';
import type { Encoding } from './signals.ts';

/**
 * OTLP messages as the objects of OTLP/JSON, whichever encoding they come in, for what is rare: metrics, logs, and spans that failed. What is
 * common, every span, is decoded in assembly/.
 */
export type JsonObject = Record<string, unknown>;

/** The body is not the format it claims to be. Nothing of it is counted. */
export class Malformed extends Refusal {
  constructor(message: string) {
    super(400, message);
  }
}

/** What a field holds: a scalar, a message, or a list of messages, each of which is a field. */
type ScalarType = 'text' | 'hex' | 'bool' | 'int' | 'fixed64' | 'sfixed64' | 'double';
type Type = ScalarType | Message | { readonly each: Message };
/** The fields of a message that are read, by their tag: number × 8 + wire type. All numbers are below 16, so a tag is one byte. */
interface Message {
  readonly [tag: number]: readonly [name: string, type: Type];
}

/** opentelemetry/proto: common, resource, trace, metrics and logs, v1. Of an array only strings are read. */
const ANY_VALUE: Message = {
  10: ['stringValue', 'text'],
  16: ['boolValue', 'bool'],
  24: ['intValue', 'int'],
  33: ['doubleValue', 'double'],
  42: ['arrayValue', { 10: ['values', { each: { 10: ['stringValue', 'text'] } }] }],
};
const ATTRIBUTES = ['attributes', { each: { 10: ['key', 'text'], 18: ['value', ANY_VALUE] } }] as const;
const RESOURCE: Message = { 10: ATTRIBUTES };
const EVENT: Message = { 9: ['timeUnixNano', 'fixed64'], 18: ['name', 'text'], 26: ATTRIBUTES };
const SPAN: Message = {
  10: ['traceId', 'hex'],
  18: ['spanId', 'hex'],
  57: ['startTimeUnixNano', 'fixed64'],
  65: ['endTimeUnixNano', 'fixed64'],
  74: ATTRIBUTES,
  90: ['events', { each: EVENT }],
};
const NUMBERS: Message = {
  10: ['dataPoints', { each: { 33: ['asDouble', 'double'], 49: ['asInt', 'sfixed64'], 58: ATTRIBUTES } }],
};
const OTHER_POINTS: Message = { 10: ['dataPoints', { each: {} }] };
const METRIC: Message = {
  10: ['name', 'text'],
  42: ['gauge', NUMBERS],
  58: ['sum', NUMBERS],
  74: ['histogram', OTHER_POINTS],
  82: ['exponentialHistogram', OTHER_POINTS],
  90: ['summary', OTHER_POINTS],
};
const RESOURCE_METRICS: Message = {
  10: ['resource', RESOURCE],
  18: ['scopeMetrics', { each: { 18: ['metrics', { each: METRIC }] } }],
};
const MESSAGES = {
  span: SPAN,
  resource: RESOURCE,
  metrics: { 10: ['resourceMetrics', { each: RESOURCE_METRICS }] },
  logs: { 10: ['resourceLogs', { each: { 18: ['scopeLogs', { each: { 18: ['logRecords', { each: {} }] } }] } }] },
} satisfies Record<string, Message>;

const utf8 = new TextDecoder();

/** A message as an object. Throws Malformed. */
export function objectOf(message: keyof typeof MESSAGES, bytes: Uint8Array, encoding: Encoding): JsonObject {
  if (encoding === 'protobuf') return new Reader(bytes).message(MESSAGES[message], 0, bytes.length, {});
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Malformed('the body is no JSON text');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed('the body is no object');
  return value as JsonObject;
}

/** The objects of a member that may be a list. */
export function lists(owner: unknown, key: string): JsonObject[] {
  const list = (owner as JsonObject | null | undefined)?.[key];
  return Array.isArray(list)
    ? list.filter((item): item is JsonObject => typeof item === 'object' && item !== null)
    : [];
}

/** Maps and bytes among the values are left out, of arrays the first string is kept: headers are recorded so. */
export function attributesOf(owner: unknown): Map<string, Scalar> {
  const found = new Map<string, Scalar>();
  for (const { key, value } of lists(owner, 'attributes')) {
    const scalar = scalarOf((value ?? {}) as JsonObject);
    if (typeof key === 'string' && scalar !== undefined) found.set(key, scalar);
  }
  return found;
}

function scalarOf({ stringValue, boolValue, doubleValue, intValue, arrayValue }: JsonObject): Scalar | undefined {
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (typeof doubleValue === 'number') return doubleValue;
  const first = lists(arrayValue, 'values')[0]?.['stringValue'];
  if (typeof first === 'string') return first;
  return typeof intValue === 'number' || (typeof intValue === 'string' && /^-?\d{1,19}$/.test(intValue))
    ? Number(intValue)
    : undefined;
}

/** Reads protobuf messages field by field inside bounds. Positions go in and come out; `value` is what the last varint or length was. */
class Reader {
  private readonly buf: Buffer;
  private value = 0;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.buf = Buffer.from(buffer, byteOffset, byteLength);
  }

  /** Reads the message at `[start, end)` into an object that may hold members already: a message in parts is merged, as protobuf asks. */
  message(message: Message, start: number, end: number, into: JsonObject): JsonObject {
    for (let p = start; p < end; ) {
      const tag = this.buf[p]!;
      const next = this.skip(p, end);
      const [name, type] = message[tag] ?? [];
      if (name !== undefined && type !== undefined) {
        const from = (tag & 7) === 2 ? this.length(p + 1, end) : p + 1;
        if (typeof type === 'string') into[name] = this.scalar(type, from, next);
        else if ('each' in type) {
          const list = (into[name] as JsonObject[] | undefined) ?? [];
          list.push(this.message(type.each as Message, from, next, {}));
          into[name] = list;
        } else into[name] = this.message(type, from, next, (into[name] ?? {}) as JsonObject);
      }
      p = next;
    }
    return into;
  }

  private scalar(type: ScalarType, from: number, to: number): string | number | boolean {
    switch (type) {
      case 'text':
        return utf8.decode(this.buf.subarray(from, to));
      case 'hex':
        return this.buf.toString('hex', from, to);
      case 'double':
        return this.buf.readDoubleLE(from);
      case 'fixed64':
        return Number(this.buf.readBigUInt64LE(from));
      case 'sfixed64':
        return Number(this.buf.readBigInt64LE(from));
      default:
        this.varint(from, to);
        if (type === 'bool') return this.value !== 0;
        return this.value < 2 ** 53 ? this.value : this.signed(to);
    }
  }

  /** Reads a length and checks that so many bytes follow before `end`; returns where they begin. */
  private length(p: number, end: number): number {
    const at = this.varint(p, end);
    if (at + this.value > end) throw new Malformed('a length reaches past the end of its message');
    return at;
  }

  /** Reads an unsigned varint into `value` (exact up to 2^53) and returns where it ends. */
  private varint(p: number, end: number): number {
    let value = 0;
    let scale = 1;
    for (let at = p; at < end && at < p + 10; at++) {
      const byte = this.buf[at]!;
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (at === p + 9 && byte > 1) break;
        this.value = value;
        return at + 1;
      }
      scale *= 128;
    }
    throw new Malformed('a varint does not end');
  }

  /** The signed 64-bit integer whose varint ends before `p`; for those beyond 2^53, negative ones among them. */
  private signed(p: number): number {
    let bits = BigInt(this.buf[p - 1]!);
    for (let at = p - 2; this.buf[at]! > 127 && at > p - 11; at--) bits = (bits << 7n) | BigInt(this.buf[at]! & 127);
    return Number(BigInt.asIntN(64, bits));
  }

  /** Steps over one field. */
  private skip(p: number, end: number): number {
    let at = this.varint(p, end);
    const tag = this.value;
    if (tag < 8 || tag > 0xffffffff) throw new Malformed('a field number is invalid');
    switch (tag & 7) {
      case 0:
        return this.varint(at, end);
      case 1:
        at += 8;
        break;
      case 2:
        at = this.length(at, end);
        return at + this.value;
      case 5:
        at += 4;
        break;
      default:
        throw new Malformed('a wire type is not supported');
    }
    if (at > end) throw new Malformed('a field reaches past the end of its message');
    return at;
  }
}
