import { isForm, redactForm } from './form.ts';
import { redactJson } from './json.ts';
import { redactLines } from './lines.ts';
import { redactMultipart } from './multipart.ts';
import type { Side } from './side.ts';
import { redactXml } from './xml.ts';

export type { Side } from './side.ts';

/**
 * A captured body that may be shown, by one rule in every format: what a name calls secret or personal goes, and so does what its own form
 * gives away. JSON stays JSON, and text that holds nothing stays as it was sent. What is too deep or too long for the rules is dropped, not passed.
 */
export function redactBody(body: string, side: Side): string {
  const start = body.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) {
    const json = redactJson(body, side);
    if (json !== undefined) return json;
  }
  if (start.startsWith('<')) return redactXml(body, side);
  if (start.startsWith('--')) {
    const parts = redactMultipart(body, side, redactBody);
    if (parts !== undefined) return parts;
  }
  return isForm(body) ? redactForm(body, side) : redactLines(body, side);
}
