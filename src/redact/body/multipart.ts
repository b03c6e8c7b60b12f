import { isHiddenUnder } from '../named.ts';
import type { Side } from './side.ts';

/**
 * RFC 7578: every part by its field's name, else as the body it is; undefined if it is none.
 * @param redactBody what redacts a part by its own format
 */
export function redactMultipart(
  body: string,
  side: Side,
  redactBody: (part: string, side: Side) => string,
): string | undefined {
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
      const safe = name !== '' && isHiddenUnder(name, value) ? '[secret]' : redactBody(value, side);
      return redactBody(head, side) + blank[0] + safe + end;
    })
    .join(boundary);
}
