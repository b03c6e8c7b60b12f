import type { Metric } from '../contract/index.ts';
import { Writer } from './writer.ts';

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);
/** Bytes of a message's length: written last, so as wide as any. */
const LENGTH_BYTES = 5;
/** Of io.prometheus.client.MetricType, and the field of a Metric that holds such a value (metrics.proto of client_model). */
const TYPES: Readonly<Record<string, readonly [type: number, field: number]>> = {
  counter: [0, 3],
  gauge: [1, 2],
  histogram: [4, 7],
};
const UNTYPED = [3, 5] as const;
export const fieldOf = (type: string): number => (TYPES[type] ?? UNTYPED)[1];

/** Appends messages in protobuf's encoding. */
export class MessageWriter extends Writer {
  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest % 128) | 128;
    this.bytes[this.length++] = rest;
  }

  uint(field: number, value: number): void {
    this.varint(field * 8);
    this.varint(value);
  }

  /** Zigzag. */
  sint(field: number, value: number): void {
    this.uint(field, value < 0 ? -2 * value - 1 : 2 * value);
  }

  double(field: number, value: number): void {
    this.varint(field * 8 + 1);
    scratch.setFloat64(0, value, true);
    this.copy(scratchBytes, 0, 8);
  }

  message(field: number, write: () => void): void {
    this.varint(field * 8 + 2);
    this.sized(write);
  }

  string(field: number, text: string): void {
    this.message(field, () => this.text(text));
  }

  /** What `write` appends, behind its length. */
  sized(write: () => void): void {
    this.reserve(LENGTH_BYTES);
    const from = this.length;
    this.length += LENGTH_BYTES;
    write();
    const size = this.length - from - LENGTH_BYTES;
    for (let i = 0; i < LENGTH_BYTES; i++)
      this.bytes[from + i] = ((size >>> (7 * i)) & 127) | (i === LENGTH_BYTES - 1 ? 0 : 128);
  }

  /** A MetricFamily with some of its rows. */
  family({ name, help, type }: Pick<Metric, 'name' | 'help'> & { type: string }, rows: () => void): void {
    this.sized(() => {
      this.string(1, name);
      this.string(2, help);
      this.uint(3, (TYPES[type] ?? UNTYPED)[0]);
      rows();
    });
  }

  /** A LabelPair. */
  label(name: string, value: string): void {
    this.message(1, () => {
      this.string(1, name);
      this.string(2, value);
    });
  }

  /** A Timestamp of Unix seconds. */
  time(field: number, seconds: number): void {
    this.message(field, () => {
      this.uint(1, Math.floor(seconds));
      this.uint(2, Math.floor((seconds % 1) * 1e9));
    });
  }
}
