import { NAME, VERSION } from '../../src/version.ts';
import type { AttributeValue } from '../span/record.ts';
import { textField, writeAttribute } from './attribute.ts';
import { Bytes, varintSize } from './bytes.ts';

const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0';

const delimited = (tag: number, body: Uint8Array): Uint8Array => {
  const out = new Bytes(body.length + 10);
  out.byte(tag);
  out.varint(body.length);
  out.raw(body);
  return out.buffer.subarray(0, out.length);
};

/**
 * What surrounds the spans of one ExportTraceServiceRequest: ResourceSpans{ resource = 1, scope_spans = 2 } and
 * ScopeSpans{ scope = 1, spans = 2, schema_url = 3 }. Resource and scope never change, so they are encoded once.
 */
export function createEnvelope(resource: ReadonlyMap<string, AttributeValue>): (spans: Uint8Array) => Uint8Array {
  const attributes = new Bytes(1024);
  for (const [name, value] of resource) {
    attributes.reserve(64 + 3 * (name.length + String(value).length));
    writeAttribute(attributes, 0x0a, name, value);
  }
  const resourceField = delimited(0x0a, attributes.bytes());
  const scope = new Bytes(256);
  scope.raw(textField(0x0a, NAME));
  scope.raw(textField(0x12, VERSION));
  const scopeField = delimited(0x0a, scope.bytes());
  const schema = textField(0x1a, SCHEMA_URL);
  return (spans) => {
    const inner = scopeField.length + spans.length + schema.length;
    const whole = resourceField.length + 1 + varintSize(inner) + inner;
    const out = new Bytes(whole + 11);
    out.byte(0x0a);
    out.varint(whole);
    out.raw(resourceField);
    out.byte(0x12);
    out.varint(inner);
    out.raw(scopeField);
    out.raw(spans);
    out.raw(schema);
    return out.buffer.subarray(0, out.length);
  };
}
