import type { Field } from '../../src/aggregate/fields.ts';
import { viewOf } from './view.ts';

const encoder = new TextEncoder();
/** Many times more slots than keys, so that a key nobody reads, as most are, nearly always meets an empty one. */
const SLOTS = 1024;

/** Where `write` puts a table, and what there is room for, in bytes. */
export interface Room {
  readonly at: number;
  readonly fields: number;
  readonly bytesAt: number;
  readonly bytesEnd: number;
}

/** Finds an attribute key's field by the key's bytes. The slot follows from length and last four bytes, which tell our keys apart. */
export class FieldTable {
  readonly fields: readonly Field[];
  private readonly keys: readonly DataView[];
  private readonly lengths: Int32Array;
  private readonly tails: Int32Array;
  private readonly slots = new Int8Array(SLOTS);

  constructor(fields: Readonly<Record<string, Field>>) {
    const rows = Object.entries(fields);
    this.fields = rows.map(([, field]) => field);
    this.keys = rows.map(([key]) => viewOf(encoder.encode(key)));
    this.lengths = Int32Array.from(this.keys, (key) => key.byteLength);
    this.tails = Int32Array.from(this.keys, (key) => tailOf(key, 0, key.byteLength));
    for (const [field, length] of this.lengths.entries()) {
      let slot = slotOf(this.tails[field]!, length);
      while (this.slots[slot] !== 0) slot = (slot + 1) % SLOTS;
      this.slots[slot] = field + 1;
    }
  }

  /** Writes the table where assembly/keys.ts reads it, and the keys' bytes from `bytesAt`; returns where those end. */
  write(memory: ArrayBuffer, room: Room): number {
    const view = new DataView(memory);
    new Int8Array(memory).set(this.slots, room.at);
    if (this.keys.length * 16 > room.fields) throw new Error('the keys need a larger table');
    let bytesAt = room.bytesAt;
    for (const [field, key] of this.keys.entries()) {
      const bytes = new Uint8Array(key.buffer, key.byteOffset, key.byteLength);
      if (bytes.length < 4 || bytesAt + bytes.length > room.bytesEnd)
        throw new Error('a key is too short, or does not fit');
      const at = room.at + SLOTS + field * 16;
      view.setUint32(at, bytes.length, true);
      view.setInt32(at + 4, this.tails[field]!, true);
      view.setUint32(at + 8, bytesAt, true);
      view.setUint16(at + 12, this.fields[field]!.kind, true);
      view.setUint16(at + 14, this.fields[field]!.target, true);
      new Uint8Array(memory).set(bytes, bytesAt);
      bytesAt += bytes.length;
    }
    return bytesAt;
  }

  /** As `find`, for a key that had to be made into text. */
  findText(key: string): number {
    const bytes = encoder.encode(key);
    return this.find(viewOf(bytes), 0, bytes.length);
  }

  /** The field's number, or -1 for a key the metrics do not read. */
  find(view: DataView, start: number, end: number): number {
    const length = end - start;
    const tail = length >= 4 ? view.getInt32(end - 4, true) : tailOf(view, start, end);
    for (let slot = slotOf(tail, length); ; slot = (slot + 1) % SLOTS) {
      const field = this.slots[slot]! - 1;
      if (field < 0) return -1;
      if (this.lengths[field] === length && this.tails[field] === tail && this.same(field, view, start, length - 4))
        return field;
    }
  }

  /** Compares what stands before the tail; the last word may reach into it. */
  private same(field: number, view: DataView, start: number, length: number): boolean {
    const key = this.keys[field]!;
    for (let i = 0; i < length; i += 4) if (view.getInt32(start + i, true) !== key.getInt32(i, true)) return false;
    return true;
  }
}

const slotOf = (tail: number, length: number): number => Math.imul(tail ^ length, 0x9e3779b1) >>> 22;

/** The last four bytes as one number, or all of a shorter key. */
function tailOf(view: DataView, start: number, end: number): number {
  if (end - start >= 4) return view.getInt32(end - 4, true);
  let bytes = 0;
  for (let i = start; i < end; i++) bytes = bytes * 256 + view.getUint8(i);
  return bytes;
}
