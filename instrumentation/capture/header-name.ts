/** A power of two. */
const SLOTS = 512;
const LONGEST = 64;
const names: (string | undefined)[] = new Array(SLOTS).fill(undefined);
const raws: (Uint8Array | undefined)[] = new Array(SLOTS).fill(undefined);

/** Names that clients give as text, already seen. */
const texts = new Map<string, string>();

function fromText(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const name = text.toLowerCase();
  if (texts.size >= SLOTS) texts.clear();
  if (text.length <= LONGEST) texts.set(text, name);
  return name;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * A header's name in lower case. Clients give bytes or text; the same few dozen names come with every answer, so they are made into text
 * once: a slot per hash of length and three letters, the newest name keeps it.
 */
export function headerName(raw: unknown): string {
  if (!(raw instanceof Uint8Array)) return fromText(String(raw));
  const { length } = raw;
  if (length === 0 || length > LONGEST) return Buffer.from(raw).toString('latin1').toLowerCase();
  const slot = (length * 31 + raw[0]! * 7 + raw[length >> 1]! * 131 + raw[length - 1]! * 17) & (SLOTS - 1);
  const seen = raws[slot];
  if (seen !== undefined && isSame(seen, raw)) return names[slot]!;
  const name = fromText(Buffer.from(raw).toString('latin1'));
  raws[slot] = Uint8Array.from(raw);
  names[slot] = name;
  return name;
}
