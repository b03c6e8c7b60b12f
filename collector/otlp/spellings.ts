import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { EMPTY_ID, OVERFLOW_ID } from '../../src/aggregate/dictionary.ts';
import { viewOf } from './view.ts';

/** Longest chain looked at; a crafted longer one costs a string, never a wrong answer. */
const PROBES = 8;
/** Numbers of a slot: the hash, where the bytes stand, how many (0 is an empty slot), and the id. */
const AT = 1;
const LENGTH = 2;
const ID = 3;
const WIDTH = 4;
/** Longer values are rare, and made into text each time. */
const LONGEST = 256;
const FIRST_SLOTS = 256;

/** Label values of one dictionary by their UTF-8 bytes: what was seen before is found without making a string of it. */
export class Spellings {
  private readonly dictionary: Dictionary;
  private readonly most: number;
  private slots = new Int32Array(FIRST_SLOTS * WIDTH);
  private size = 0;
  private bytes = new Uint8Array(4096);
  private view = viewOf(this.bytes);
  private used = 0;
  private generation = -1;

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
    this.most = dictionary.column.budget * 2 + 64;
  }

  /** The id of the value whose bytes stand at `[start, end)`. */
  idOf(buf: Uint8Array, view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length === 0) return EMPTY_ID;
    if (this.generation !== this.dictionary.generation) this.forget();
    if (length < 4 || length > LONGEST) return this.dictionary.ofBytes(buf, start, end);
    const hash = hashOf(view, start, end);
    const { slots } = this;
    const mask = slots.length / WIDTH - 1;
    for (let i = 0, slot = hash & mask; i < PROBES; i++, slot = (slot + 1) & mask) {
      const at = slot * WIDTH;
      const known = slots[at + LENGTH]!;
      if (known === 0) return this.learn(buf, start, end, hash, at);
      if (known === length && slots[at] === hash && this.same(view, start, slots[at + AT]!, length))
        return slots[at + ID]!;
    }
    return this.dictionary.ofBytes(buf, start, end);
  }

  /** What found no room among the labels may find it later: that is not kept. */
  private learn(buf: Uint8Array, start: number, end: number, hash: number, at: number): number {
    const id = this.dictionary.ofBytes(buf, start, end);
    if (id === OVERFLOW_ID || this.size >= this.most) return id;
    const length = end - start;
    if (this.used + length > this.bytes.length) {
      const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.used + length));
      wider.set(this.bytes);
      this.bytes = wider;
      this.view = viewOf(wider);
    }
    this.bytes.set(buf.subarray(start, end), this.used);
    this.slots.set([hash, this.used, length, id], at);
    this.used += length;
    this.size++;
    if (this.size * 2 * WIDTH > this.slots.length) this.grow();
    return id;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 2);
    const mask = this.slots.length / WIDTH - 1;
    for (let from = 0; from < old.length; from += WIDTH) {
      if (old[from + LENGTH] === 0) continue;
      let slot = old[from]! & mask;
      while (this.slots[slot * WIDTH + LENGTH] !== 0) slot = (slot + 1) & mask;
      this.slots.set(old.subarray(from, from + WIDTH), slot * WIDTH);
    }
  }

  /** Ids may have changed hands. */
  private forget(): void {
    this.generation = this.dictionary.generation;
    this.slots.fill(0);
    this.size = this.used = 0;
  }

  private same(view: DataView, start: number, at: number, length: number): boolean {
    const last = length - 4;
    for (let i = 0; i < last; i += 4)
      if (view.getInt32(start + i, true) !== this.view.getInt32(at + i, true)) return false;
    return view.getInt32(start + last, true) === this.view.getInt32(at + last, true);
  }
}

/** Of the length and the first, middle and last four bytes. Collisions can be forced, so the probes are bounded. */
function hashOf(view: DataView, start: number, end: number): number {
  let h = Math.imul((end - start) ^ view.getInt32(start, true), 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ view.getInt32((start + end - 4) >>> 1, true), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ view.getInt32(end - 4, true), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
