import type { FailedSpan, Scalar } from '../base/failed-span.ts';
import { MessageReader } from '../otlp/protobuf-reader.ts';

const hex = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');

/** Decodes a span and its resource from their protobuf bytes; maps and bytes among the values are left out, of arrays the first string is kept. */
export class FailedSpanReader extends MessageReader {
  read(
    body: Uint8Array,
    start: number,
    end: number,
    resourceStart: number,
    resourceEnd: number,
    named: boolean,
  ): FailedSpan {
    this.open(body);
    const resource = new Map<string, Scalar>();
    const attributes = new Map<string, Scalar>();
    const events: FailedSpan['events'] = [];
    const span = { traceId: '', spanId: '', startMs: 0, endMs: 0, named, resource, attributes, events };
    this.fields(resourceStart, resourceEnd, (tag, from, to) => tag === 0x0a && this.keyValue(from, to, resource));
    this.fields(start, end, (tag, from, to) => {
      if (tag === 0x0a) span.traceId = hex(body.subarray(from, to));
      else if (tag === 0x12) span.spanId = hex(body.subarray(from, to));
      else if (tag === 0x39) span.startMs = this.millis(from);
      else if (tag === 0x41) span.endMs = this.millis(from);
      else if (tag === 0x4a) this.keyValue(from, to, attributes);
      else if (tag === 0x5a) events.push(this.event(from, to));
    });
    return span;
  }

  private event(start: number, end: number): FailedSpan['events'][number] {
    const event = { name: '', timeMs: 0, attributes: new Map<string, Scalar>() };
    this.fields(start, end, (tag, from, to) => {
      if (tag === 0x09) event.timeMs = this.millis(from);
      else if (tag === 0x12) event.name = this.text(from, to);
      else if (tag === 0x1a) this.keyValue(from, to, event.attributes);
    });
    return event;
  }
}
