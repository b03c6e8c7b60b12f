import { equalBytes, hashBytes, viewOf } from '../../src/aggregate/bytes.ts';

/** Phrases kept; one SDK's spans have about forty. When there is no room all are forgotten, so that junk cannot stay. */
const KEPT = 120;
const LONGEST = 200;
/** Eight bytes are compared at a time. */
const SHORTEST = 8;
const SLOTS = 256;
/** The state before the first phrase. As a phrase it is none: its length makes every comparison fail. */
const BEGINNING = 0;
/** The state after something that is no phrase; nothing is guessed from it. */
const LOST = KEPT + 1;

/**
 * Stretches of text that spans repeat, `{"key":"server.address","value":{"stringValue":"` for one, each with what it means and with
 * the phrase that followed it last. Serializers write members in the same order time after time, so the next phrase is guessed
 * and compared eight bytes at a time; only where the guess is wrong is the text read byte by byte.
 */
export class Phrases {
  /** Length of the phrase matched last. */
  length = 0;
  private readonly meanings = new Int32Array(KEPT + 1);
  private readonly lengths = new Int32Array(KEPT + 1);
  private readonly starts = new Int32Array(KEPT + 1);
  /** What followed last, by state. */
  private readonly followers = new Int32Array(KEPT + 2);
  private readonly slots = new Int8Array(SLOTS);
  private readonly arena = new Uint8Array(KEPT * 80 + LONGEST);
  private readonly arenaView = viewOf(this.arena);
  private known = 0;
  private used = 0;
  private before = BEGINNING;

  constructor() {
    this.lengths[BEGINNING] = 2 ** 30;
  }

  /** The next phrase begins an object or list. */
  begin(): void {
    this.before = BEGINNING;
  }

  /** What the guessed phrase means when it stands at `p`, else -1. A double of text that is equal as a number is equal in its bytes. */
  match(view: DataView, p: number): number {
    const next = this.followers[this.before]!;
    const length = this.lengths[next]!;
    if (p + length > view.byteLength) return -1;
    const { arenaView } = this;
    const last = p + length - 8;
    const from = this.starts[next]! - p;
    for (let at = p; at < last; at += 8)
      if (view.getFloat64(at, true) !== arenaView.getFloat64(from + at, true)) return -1;
    if (view.getFloat64(last, true) !== arenaView.getFloat64(from + last, true)) return -1;
    this.before = next;
    this.length = length;
    return this.meanings[next]!;
  }

  /** Remembers that `[start, end)`, sound text without control characters, stood here and what it means (0 or more). */
  learn(view: DataView, start: number, end: number, meaning: number): void {
    const length = end - start;
    if (length < SHORTEST || length > LONGEST) {
      this.before = LOST;
      return;
    }
    const phrase = this.find(view, start, end);
    this.meanings[phrase] = meaning;
    if (this.before !== LOST) this.followers[this.before] = phrase;
    this.before = phrase;
  }

  private find(view: DataView, start: number, end: number): number {
    const length = end - start;
    let slot = hashBytes(view, start, end) & (SLOTS - 1);
    for (let phrase = this.slots[slot]!; phrase !== 0; phrase = this.slots[slot]!) {
      if (this.lengths[phrase] === length && equalBytes(view, start, this.arenaView, this.starts[phrase]!, length))
        return phrase;
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (this.known === KEPT || this.used + length > this.arena.length) {
      this.forget();
      return this.find(view, start, end);
    }
    const phrase = ++this.known;
    this.slots[slot] = phrase;
    this.lengths[phrase] = length;
    this.starts[phrase] = this.used;
    for (let i = 0; i < length; i++) this.arena[this.used++] = view.getUint8(start + i);
    return phrase;
  }

  private forget(): void {
    this.slots.fill(0);
    this.followers.fill(BEGINNING);
    this.known = this.used = 0;
    this.before = LOST;
  }
}
