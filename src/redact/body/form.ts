import { decode } from '../decode.ts';
import { isHiddenPair } from '../url.ts';
import { redactJson } from './json.ts';
import type { Side } from './side.ts';
import { isClean, WORD_MAX } from './word.ts';

/** Whether it is a whole `application/x-www-form-urlencoded` body. */
export const isForm = (body: string): boolean =>
  body.includes('=') && !/[\s{}<>"]/.test(body) && body.split('&').every((pair) => /^[^=]{1,128}=/.test(pair));

/** `note=see+me`: the name stays, so that the copy has every field; a value that hides something goes whole. */
export const redactForm = (body: string, side: Side): string =>
  body
    .split('&')
    .map((pair) => redactPair(pair, side))
    .join('&');

function redactPair(pair: string, side: Side): string {
  const at = pair.indexOf('=');
  const key = decode(pair.slice(0, at).replaceAll('+', ' '));
  const value = pair.slice(at + 1);
  if (key === undefined || key.length > WORD_MAX || !isClean(key)) return '[secret]=[secret]';
  return value.length > WORD_MAX * 3 || isHiddenPair(key, value) || hidesJson(value, side)
    ? `${pair.slice(0, at)}=[secret]`
    : pair;
}

function hidesJson(value: string, side: Side): boolean {
  const text =
    value.startsWith('%') || value.startsWith('{') || value.startsWith('[')
      ? decode(value.replaceAll('+', ' '))
      : undefined;
  return text !== undefined && /^\s*[[{]/.test(text) && redactJson(text, side) !== text;
}
