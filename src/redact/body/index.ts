import { isHiddenUnder } from '../named.ts';
import { decode, isHiddenPair } from '../url.ts';
import { redactJson } from './json.ts';
import { redactLines } from './lines.ts';
import { isClean, SECRET, type Side, WORD_MAX } from './value.ts';
import { redactXml } from './xml.ts';

/**
 * A captured body that may be shown, by one rule in every format: what a name calls secret or personal goes, and so does what its own form
 * gives away. JSON stays JSON, and text that holds nothing stays as it was sent. What is too deep or too long for the rules is dropped, not passed.
 */
export function redactBody(body: string, side: Side): string {
  const start = body.trimStart();
  if (start.startsWith('<')) return redactXml(body, side);
  const json = /^[{[]/.test(start) ? redactJson(body, side) : undefined;
  const safe = json ?? (start.startsWith('--') ? redactMultipart(body, side) : undefined);
  if (safe !== undefined) return safe;
  if (!isForm(body)) return redactLines(body, side);
  const pairs = body.split('&').map((pair) => redactPair(pair, side));
  return pairs.join('&');
}

/** Whether it is a whole `application/x-www-form-urlencoded` body. */
const isForm = (body: string): boolean =>
  body.includes('=') && !/[\s{}<>"]/.test(body) && body.split('&').every((pair) => /^[^=]{1,128}=/.test(pair));

/** `note=see+me`: the name stays, so that the copy has every field; a value that hides something goes whole. */
function redactPair(pair: string, side: Side): string {
  const at = pair.indexOf('=');
  const key = decode(pair.slice(0, at).replaceAll('+', ' '));
  const value = pair.slice(at + 1);
  if (key === undefined || !isClean(key)) return `${SECRET}=${SECRET}`;
  const isHidden = value.length > WORD_MAX * 3 || isHiddenPair(key, value) || hidesJson(value, side);
  return isHidden ? `${pair.slice(0, at)}=${SECRET}` : pair;
}

function hidesJson(value: string, side: Side): boolean {
  const text = /^(?:%|\{|\[)/.test(value) ? decode(value.replaceAll('+', ' ')) : undefined;
  return text !== undefined && /^\s*[[{]/.test(text) && redactJson(text, side) !== text;
}

/** RFC 7578: every part by its field's name, else as the body it is; undefined if it is none. */
function redactMultipart(body: string, side: Side): string | undefined {
  const boundary = body.trimStart().split('\n', 1)[0]!.trimEnd();
  if (boundary.length < 3 || boundary.length > 100 || !/content-disposition:/i.test(body)) return undefined;
  return body
    .split(boundary)
    .map((part) => {
      const blank = /\r?\n\r?\n/.exec(part);
      if (blank === null) return part.length > 4 ? redactBody(part, side) : part;
      const head = part.slice(0, blank.index);
      const content = part.slice(blank.index + blank[0].length);
      const name = /\bname="([^"]{0,128})/i.exec(head)?.[1] ?? '';
      const end = /\r?\n$/.exec(content)?.[0] ?? '';
      const value = content.slice(0, content.length - end.length);
      const safe = name !== '' && isHiddenUnder(name, value) ? SECRET : redactBody(value, side);
      return redactBody(head, side) + blank[0] + safe + end;
    })
    .join(boundary);
}
