import { RepeatedTexts } from './repeated-texts.ts';

const LIMIT = 512;
const LONGEST = 64;
/** Names that clients give as text, already seen. */
const texts = new Map<string, string>();

function fromText(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const name = text.toLowerCase();
  if (texts.size >= LIMIT) texts.clear();
  if (text.length <= LONGEST) texts.set(text, name);
  return name;
}

const names = new RepeatedTexts(fromText);

/** A header's name in lower case. Clients give bytes or text; the same few dozen names come with every answer. */
export const headerName = (raw: unknown): string => (raw instanceof Uint8Array ? names.of(raw) : fromText(String(raw)));
