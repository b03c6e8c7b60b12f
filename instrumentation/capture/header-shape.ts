import { Memory } from '../../src/memo.ts';

/** A power of two. */
const TEXTS = 512;
const LONGEST_TEXT = 64;

/** Of a few dozen bytes; the engine's own comparison takes as long as thirty of them. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Texts that come again and again as bytes, made once: the way into the engine's conversion costs some two thousand instructions. A slot per
 * hash of length and three letters, the newest text keeps it. Saves 1 µs of the 8 that a good answer to `fetch` adds.
 */
export class RepeatedTexts {
  private readonly texts: (string | undefined)[] = new Array(TEXTS).fill(undefined);
  private readonly raws: (Uint8Array | undefined)[] = new Array(TEXTS).fill(undefined);
  private readonly make: (latin1: string) => string;

  constructor(make: (latin1: string) => string = (text) => text) {
    this.make = make;
  }

  of(raw: Uint8Array): string {
    const { length } = raw;
    if (length === 0 || length > LONGEST_TEXT) return this.make(Buffer.from(raw).toString('latin1'));
    const slot = (length * 31 + raw[0]! * 7 + raw[length >> 1]! * 131 + raw[length - 1]! * 17) & (TEXTS - 1);
    const seen = this.raws[slot];
    if (seen !== undefined && sameBytes(seen, raw)) return this.texts[slot]!;
    // bytes are the client's own buffer, of which a slice would keep all
    const copy = Uint8Array.from(raw);
    const text = this.make(Buffer.from(copy.buffer).toString('latin1'));
    this.raws[slot] = copy;
    this.texts[slot] = text;
    return text;
  }
}

const names = Memory.part(() => new RepeatedTexts((text) => text.toLowerCase()));

/** A header's name in lower case. Clients give bytes or text; the same few dozen names come with every answer. */
export const headerName = (raw: unknown): string =>
  raw instanceof Uint8Array ? names().of(raw) : String(raw).toLowerCase();

/** The names of one list of headers, and where their values stand in it. */
export interface HeaderShape {
  /** In lower case, each once, in the order of the list. The same array for every list of the same names. */
  readonly names: readonly string[];
  /** By name: where its first value stands in the list. */
  readonly places: ReadonlyMap<string, number>;
}
interface Known extends HeaderShape {
  readonly length: number;
  readonly raw: readonly (string | Uint8Array)[];
}

/** A power of two. */
const SLOTS = 64;
/** Longer lists are no shape worth keeping: names and values in turn. */
const LONGEST = 256;
/** By the length of the list and of three of its names. */
const slotOf = (length: number, first: number, middle: number, last: number): number =>
  (length * 31 + first * 7 + middle * 131 + last * 17) & (SLOTS - 1);
const shapes = Memory.part((): (Known | undefined)[] => new Array(SLOTS).fill(undefined));

const isSame = (a: string | Uint8Array, b: unknown): boolean =>
  typeof a === 'string' ? a === b : b instanceof Uint8Array && sameBytes(a, b);

function fits(known: Known, flat: readonly unknown[]): boolean {
  if (known.length !== flat.length) return false;
  const { raw } = known;
  for (let i = 0; i < raw.length; i++) if (!isSame(raw[i]!, flat[2 * i])) return false;
  return true;
}

function read(flat: readonly unknown[]): HeaderShape {
  const places = new Map<string, number>();
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = headerName(flat[i]);
    if (!places.has(name)) places.set(name, i + 1);
  }
  return { names: [...places.keys()], places };
}

/** Bytes are the client's own buffer, of which a slice would keep all. */
const copied = (name: unknown): string | Uint8Array =>
  name instanceof Uint8Array ? Uint8Array.from(name) : String(name);

/**
 * Answers of one endpoint carry the same names again and again, so what follows from the names alone is worked out once: one slot per
 * hash of the list's length and three of its names, the newest shape keeps it. Without it a call adds twice as much (8 µs more).
 */
export function shapeOf(flat: readonly unknown[]): HeaderShape {
  const { length } = flat;
  if (length < 2 || length > LONGEST) return read(flat);
  const middle = (length >> 2) << 1;
  const lengthAt = (index: number) => (flat[index] as { length?: number } | null)?.length ?? 0;
  const slot = slotOf(length, lengthAt(0), lengthAt(middle), lengthAt(length - 2));
  const slots = shapes();
  const known = slots[slot];
  if (known !== undefined && fits(known, flat)) return known;
  const raw: (string | Uint8Array)[] = [];
  for (let i = 0; i + 1 < length; i += 2) raw.push(copied(flat[i]));
  const made: Known = { ...read(flat), length, raw };
  slots[slot] = made;
  return made;
}

export function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const lists = Memory.part((): (readonly string[] | undefined)[] => new Array(SLOTS).fill(undefined));

/**
 * The same array for lists of the same names, so that what follows from them can be kept beside it; one slot as above. Saves 4 µs of the 10 that
 * a good call by node:http costs, 2 of a failing one's 27.
 */
export function sameNames(names: readonly string[]): readonly string[] {
  const { length } = names;
  if (length === 0 || length > LONGEST) return names;
  const slot = slotOf(length, names[0]!.length, names[length >> 1]!.length, names[length - 1]!.length);
  const slots = lists();
  const known = slots[slot];
  if (known !== undefined && isSameList(known, names)) return known;
  slots[slot] = names;
  return names;
}
