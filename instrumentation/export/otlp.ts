import { ATTRIBUTES } from '../../src/contract/index.ts';
import { NAME, VERSION } from '../../src/version.ts';
import type { Block } from '../span/block.ts';
import type { AttributeList } from '../span/list.ts';
import type { AttributeValue, SpanHead, SpanLink } from '../span/record.ts';
import { Bytes } from './bytes.ts';

/**
 * Client spans straight to OTLP protobuf (opentelemetry-proto trace/v1/trace.proto and common/v1/common.proto; the numbers below are their
 * field numbers shifted by three with the wire type). No object per attribute: this is most of what makes an own span cheap.
 */
const TAG = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attribute: 0x4a,
  link: 0x6a,
  status: 0x7a,
  description: 0x12,
  code: 0x18,
} as const;
/** KeyValue, and the members of AnyValue. */
const VALUE = { key: 0x0a, value: 0x12, text: 0x0a, array: 0x2a, flag: 0x10, int: 0x18, double: 0x21 } as const;
const FLAGS_TAG = Uint8Array.of(0x85, 0x01); // field 16, fixed32
const KIND_CLIENT = 3;
const STATUS_CODE_ERROR = 2;
/** Span flags bits 8 and 9: whether the parent is remote is known, and whether it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0';

export interface SpanLimits {
  /** Longest string value, in UTF-16 units. */
  readonly valueLength: number;
  readonly attributeCount: number;
  readonly linkCount: number;
}

/** The contract says which numbers are doubles even when they happen to be whole. */
const isDouble = (name: string): boolean => (ATTRIBUTES as Record<string, { type: string }>)[name]?.type === 'double';

/** KeyValue{ key = 1, value = 2: AnyValue } under `tag`. */
export function writeAttribute(out: Bytes, tag: number, name: string, value: AttributeValue): void {
  const attribute = out.open(tag);
  out.text(VALUE.key, name);
  const any = out.open(VALUE.value);
  if (typeof value === 'string') out.text(VALUE.text, value);
  else if (typeof value === 'object') writeTexts(out, value);
  else if (typeof value === 'boolean') {
    out.byte(VALUE.flag);
    out.byte(value ? 1 : 0);
  } else if (isDouble(name) || !Number.isSafeInteger(value)) {
    out.byte(VALUE.double);
    out.double(value);
  } else {
    out.byte(VALUE.int);
    out.int(value);
  }
  out.close(any);
  out.close(attribute);
}

/** ArrayValue{ values = 1: AnyValue }. */
function writeTexts(out: Bytes, values: readonly string[]): void {
  const array = out.open(VALUE.array);
  for (const value of values) {
    const any = out.open(0x0a);
    out.text(VALUE.text, value);
    out.close(any);
  }
  out.close(array);
}

/** The first `count` of such lists. */
function writeMany(out: Bytes, { names, values }: Pick<Block, 'names' | 'values'>, count: number, limits: SpanLimits) {
  const { valueLength } = limits;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    let cut = value;
    if (typeof value === 'object') cut = value.map((text) => text.slice(0, valueLength));
    else if (typeof value === 'string' && value.length > valueLength) cut = value.slice(0, valueLength);
    writeAttribute(out, TAG.attribute, names[i]!, cut);
  }
}

/** Attributes that spans share: encoded once, however many spans have them. */
function wireOf(block: Block, limits: SpanLimits): Uint8Array {
  if (block.wire !== undefined && block.wireLimits === limits) return block.wire;
  const out = new Bytes();
  writeMany(out, block, block.names.length, limits);
  block.wire = Uint8Array.from(out.written);
  block.wireLimits = limits;
  return block.wire;
}

function writeAttributes(out: Bytes, list: AttributeList, limits: SpanLimits): void {
  let left = limits.attributeCount;
  for (const block of list.blocks) {
    const { length } = block.names;
    if (length <= left) out.raw(wireOf(block, limits));
    else writeMany(out, block, left, limits);
    left -= Math.min(left, length);
  }
  writeMany(out, list, Math.min(left, list.own), limits);
}

/** In a span and in a link the same two fields. */
function writeIds(out: Bytes, { traceId, spanId }: SpanLink): void {
  out.hex(TAG.traceId, traceId, 16);
  out.hex(TAG.spanId, spanId, 8);
}

/** Status of a failed call; its description is the line a person would paste. */
function writeFailed(out: Bytes, detail: AttributeValue | undefined): void {
  const status = out.open(TAG.status);
  if (typeof detail === 'string') out.text(TAG.description, detail);
  out.byte(TAG.code);
  out.byte(STATUS_CODE_ERROR);
  out.close(status);
}

/** Appends one Span message under `tag`. */
export function writeSpan(out: Bytes, tag: number, span: SpanHead, attributes: AttributeList, limits: SpanLimits) {
  const from = out.open(tag);
  writeIds(out, span);
  if (span.parentSpanId !== undefined) out.hex(TAG.parentSpanId, span.parentSpanId, 8);
  if (span.traceState !== '') out.text(TAG.traceState, span.traceState);
  out.text(TAG.name, span.name);
  out.byte(TAG.kind);
  out.byte(KIND_CLIENT);
  out.byte(TAG.start);
  out.nanos(span.startMs);
  out.byte(TAG.end);
  out.nanos(span.endMs);
  writeAttributes(out, attributes, limits);
  for (const link of span.links.slice(0, limits.linkCount)) {
    const at = out.open(TAG.link);
    writeIds(out, link);
    out.close(at);
  }
  if (span.failed) writeFailed(out, attributes.get('api.failure.detail'));
  out.raw(FLAGS_TAG);
  const remote = span.parentSpanId === undefined ? 0 : HAS_IS_REMOTE | (span.parentIsRemote ? IS_REMOTE : 0);
  out.fixed32(remote | span.traceFlags);
  out.close(from);
}

/**
 * An ExportTraceServiceRequest of spans, or an ExportMetricsServiceRequest of metrics: Resource{ resource = 1, scope = 2 } and
 * Scope{ scope = 1, spans or metrics = 2, schema_url = 3 }.
 * @param fields the spans or metrics under tag 0x12
 */
export function requestOf(resource: ReadonlyMap<string, AttributeValue>, fields: Uint8Array): Uint8Array {
  const out = new Bytes(fields.length + 4096);
  const whole = out.open(0x0a);
  const about = out.open(0x0a);
  for (const [name, value] of resource) writeAttribute(out, 0x0a, name, value);
  out.close(about);
  const inner = out.open(0x12);
  const scope = out.open(0x0a);
  out.text(0x0a, NAME);
  out.text(0x12, VERSION);
  out.close(scope);
  out.raw(fields);
  out.text(0x1a, SCHEMA_URL);
  out.close(inner);
  out.close(whole);
  return out.written;
}
