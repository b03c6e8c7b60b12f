import { RepeatedTexts } from './repeated-texts.ts';

const names = new RepeatedTexts((text) => text.toLowerCase());

/** A header's name in lower case. Clients give bytes or text; the same few dozen names come with every answer. */
export const headerName = (raw: unknown): string =>
  raw instanceof Uint8Array ? names.of(raw) : String(raw).toLowerCase();
