import type { Block } from '../span/block.ts';
import type { AttributeList } from '../span/list.ts';
import type { AttributeValue, ExportedSpan, SpanIds } from '../span/record.ts';
import { text, textField, writeAttribute } from './attribute.ts';
import { Bytes } from './bytes.ts';

/**
 * Client spans straight to OTLP protobuf (opentelemetry-proto trace/v1/trace.proto; the numbers below are its field numbers
 * shifted by three with the wire type). No object per attribute: this is most of what makes an own span cheap.
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
} as const;
const FLAGS_TAG = Uint8Array.of(0x85, 0x01); // field 16, fixed32
const KIND_CLIENT = 3;
const STATUS_CODE_ERROR = 2;
const STATUS_ERROR = Uint8Array.of(TAG.status, 2, 0x18, STATUS_CODE_ERROR);
/** Span flags bits 8 and 9: whether the parent is remote is known, and whether it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** Names of spans as they are written: a process calls a few dozen endpoints. Saves 0.5 to 4 µs a span. */
const MAX_NAMES = 512;
const names = new Map<string, Uint8Array>();
function nameField(name: string): Uint8Array {
  const known = names.get(name);
  if (known) return known;
  const field = textField(TAG.name, name);
  if (names.size >= MAX_NAMES) names.clear();
  names.set(name, field);
  return field;
}

export interface SpanLimits {
  /** Longest string value, in UTF-16 units. */
  readonly valueLength: number;
  readonly attributeCount: number;
  readonly linkCount: number;
}

/** Upper bound of an attribute's bytes: every UTF-16 unit is at most three. */
function bound(name: string, value: AttributeValue, limits: SpanLimits): number {
  let size = 24 + 3 * name.length;
  if (typeof value === 'string') size += 3 * Math.min(value.length, limits.valueLength);
  else if (typeof value === 'object') for (const text of value) size += 12 + 3 * text.length;
  return size;
}

function limited(out: Bytes, name: string, value: AttributeValue, limits: SpanLimits): void {
  let cut = value;
  if (typeof value === 'object') cut = value.map((text) => text.slice(0, limits.valueLength));
  else if (typeof value === 'string' && value.length > limits.valueLength) cut = value.slice(0, limits.valueLength);
  writeAttribute(out, TAG.attribute, name, cut);
}

/** Attributes that spans share: encoded once, however many spans have them. */
function wireOf(block: Block, limits: SpanLimits): Uint8Array {
  if (block.wire !== undefined && block.wireLimits === limits) return block.wire;
  const { names, values } = block;
  let size = 0;
  for (let i = 0; i < names.length; i++) size += bound(names[i]!, values[i]!, limits);
  const out = new Bytes(size);
  for (let i = 0; i < names.length; i++) limited(out, names[i]!, values[i]!, limits);
  block.wire = out.bytes();
  block.wireLimits = limits;
  return block.wire;
}

function writeAttributes(out: Bytes, attributes: AttributeList, limits: SpanLimits): void {
  if (attributes.size > limits.attributeCount) {
    let count = 0;
    attributes.each((name, value) => {
      if (count++ >= limits.attributeCount) return;
      out.reserve(bound(name, value, limits));
      limited(out, name, value, limits);
    });
    return;
  }
  const { blocks, own } = attributes;
  for (let i = 0; i < blocks.length; i++) {
    const wire = wireOf(blocks[i]!, limits);
    out.reserve(wire.length);
    out.raw(wire);
  }
  for (let i = 0; i < own; i++) {
    const name = attributes.nameAt(i);
    const value = attributes.valueAt(i);
    out.reserve(bound(name, value, limits));
    limited(out, name, value, limits);
  }
}

/** In a span and in a link the same two fields. */
function writeIds(out: Bytes, { traceId, spanId, drawn }: SpanIds): void {
  out.byte(TAG.traceId);
  out.byte(16);
  // a span has its parent's trace ID
  if (drawn?.traceId === traceId) out.words(drawn.bytes, drawn.at, 16);
  else out.hex(traceId, 16);
  out.byte(TAG.spanId);
  out.byte(8);
  if (drawn) out.words(drawn.bytes, drawn.at + 16, 8);
  else out.hex(spanId, 8);
}

/** Status of a failed call; its description is the line a person would paste. */
function writeFailed(out: Bytes, detail: AttributeValue | undefined): void {
  if (typeof detail !== 'string') {
    out.raw(STATUS_ERROR);
    return;
  }
  out.reserve(16 + 3 * detail.length);
  out.byte(TAG.status);
  const from = out.open();
  text(out, TAG.description, detail);
  out.byte(0x18);
  out.byte(STATUS_CODE_ERROR);
  out.close(from);
}

/** Appends the fields of one Span message to `out`. */
export function writeSpan(out: Bytes, span: ExportedSpan, attributes: AttributeList, limits: SpanLimits): void {
  out.reserve(160 + 3 * span.traceState.length);
  writeIds(out, span);
  if (span.traceState !== '') text(out, TAG.traceState, span.traceState);
  if (span.parentSpanId !== undefined) {
    out.byte(TAG.parentSpanId);
    out.byte(8);
    out.hex(span.parentSpanId, 8);
  }
  out.byte(TAG.kind);
  out.byte(KIND_CLIENT);
  out.byte(TAG.start);
  out.nanos(span.startMs);
  out.byte(TAG.end);
  out.nanos(span.endMs);
  const name = nameField(span.name);
  out.reserve(name.length + 8);
  out.raw(name);
  writeAttributes(out, attributes, limits);
  const links = Math.min(span.links.length, limits.linkCount);
  out.reserve(40 * links + 16);
  for (let i = 0; i < links; i++) {
    const link = span.links[i]!;
    out.byte(TAG.link);
    out.byte(28);
    writeIds(out, link);
  }
  if (span.failed) writeFailed(out, attributes.get('api.failure.detail'));
  out.raw(FLAGS_TAG);
  const remote = span.parentSpanId === undefined ? 0 : HAS_IS_REMOTE | (span.parentIsRemote ? IS_REMOTE : 0);
  out.fixed32(remote | span.traceFlags);
}
