/**
 * What may become a label value. Remote APIs choose these bytes, and they reach other people's HTML, chat and shells
 * (CVE-2019-10215 class), so control characters, line and paragraph separators and bidirectional overrides never pass.
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

/** The value with every unsafe character replaced by `_`; undefined when it is longer than `maxLength` UTF-16 units. */
export function cleanValue(value: string, maxLength: number): string | undefined {
  return value.length > maxLength ? undefined : value.replace(UNSAFE, '_');
}

const CODE = /^[A-Za-z0-9][A-Za-z0-9_.:/ -]{0,63}$/;
/** Shapes that name one event, not a kind of event: UUIDs, long hexadecimal, long digit runs, dates, URLs. */
const ONE_EVENT =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|(?=[0-9a-f]*\d)[0-9a-f]{16,}|\d{9,}|\d{4}-\d\d-\d\d|:\/\/|^www\./i;

/** A provider code fit to be a label, in the case it has on the wire (people search for it as documented), else undefined. */
export function cleanCode(value: string): string | undefined {
  return CODE.test(value) && !ONE_EVENT.test(value) ? value : undefined;
}

/** `\`, `"` and line feed escaped, as both exposition formats ask. */
export const escapeLabel = (value: string): string =>
  value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : c === '"' ? '\\"' : '\\\\'));
