import { parseTolerant } from '../../tolerant-json.ts';
import { Reader } from './json-fields.ts';
import { type Element, elementsOf } from './xml.ts';

/** No more of a body than this is looked at, in characters. */
export const BODY_CAP = 16_384;

/** What the body is, told from its first characters; the content type is only a hint, because it is wrong too often. */
export type Body =
  | { readonly kind: 'json'; readonly reader: Reader }
  | { readonly kind: 'xml'; readonly elements: readonly Element[] }
  | { readonly kind: 'html' | 'text'; readonly text: string }
  | { readonly kind: 'none' };

/** Guards against script inclusion that some vendors put before their JSON. */
const GUARDS = [")]}'", ')]}', 'while(1);', 'for(;;);', '{}&&'];

const CLOSED = /[}\]"]\s{0,64}$/;

/** The engine's parser for a whole document; ours for one whose end was cut off, where the engine would throw, which costs more. */
export function parseJson(text: string): unknown {
  if (!CLOSED.test(text.slice(-65))) return parseTolerant(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return parseTolerant(text);
  }
}

/** A document a line: no single one has a brace that follows another across a line's end. */
const LINES = /^\{[^\n]*\}[^\S\n]*\n\s*\{/;
const linesOf = (text: string): unknown[] => text.split('\n').flatMap((line) => parseJson(line.trim()) ?? []);

function json(text: string): Body {
  let value = LINES.test(text) ? linesOf(text) : parseJson(text);
  // A JSON document inside a JSON string: once, not for ever.
  if (typeof value === 'string' && /^\s{0,8}[[{]/.test(value)) value = parseJson(value);
  return { kind: 'json', reader: new Reader(value) };
}

function form(text: string): Body {
  const fields: Record<string, string> = Object.create(null);
  for (const pair of text.split('&').slice(0, 32)) {
    const at = pair.indexOf('=');
    if (at <= 0) continue;
    try {
      fields[decodeURIComponent(pair.slice(0, at))] = decodeURIComponent(pair.slice(at + 1).replaceAll('+', ' '));
    } catch {
      // An invalid escape: this field is left out.
    }
  }
  return { kind: 'json', reader: new Reader(fields) };
}

/** First `data:` line of an event stream, where that holds JSON: how streaming APIs report a failure. */
function event(text: string): Body | undefined {
  const data = /^data:(.*)/m.exec(text)?.[1]?.trim();
  return data?.startsWith('{') ? json(data) : undefined;
}

/** A batch whose parts are HTTP answers (OData 4.01 §11.7.7.6, Google's batches): statuses and documents, as Microsoft Graph has them in JSON. */
function multipart(text: string): Body {
  const responses = text.split(/^HTTP\/1\.[01] /m).map((part) => {
    const [, document = ''] = /\n\r?\n([\s\S]*?)(?:\n--|$)/.exec(part) ?? [];
    return { status: Number(part.slice(0, 3)), body: parseJson(document.trim()) };
  });
  return { kind: 'json', reader: new Reader({ responses: responses.slice(1) }) };
}

const BLANK = /^[\s\ufeff]*/;

export function bodyOf(raw: string | undefined, contentType = ''): Body {
  if (raw === undefined || raw === '') return { kind: 'none' };
  let text = (raw.length > BODY_CAP ? raw.slice(0, BODY_CAP) : raw).replace(BLANK, '');
  for (const guard of GUARDS) if (text.startsWith(guard)) text = text.slice(guard.length).replace(BLANK, '');
  const c = text[0];
  if (c === undefined) return { kind: 'none' };
  if (c === '{' || c === '[' || c === '"') return json(text);
  if (c === '<') {
    const head = text.slice(0, 512).toLowerCase();
    return head.includes('<html') || head.includes('<!doctype html')
      ? { kind: 'html', text }
      : { kind: 'xml', elements: elementsOf(text) };
  }
  if (contentType.startsWith('application/x-www-form-urlencoded') || /^error=[\w.-]{1,64}(?:&|$)/.test(text))
    return form(text);
  if (contentType.startsWith('multipart/mixed')) return multipart(text);
  if (contentType.startsWith('text/event-stream')) return event(text) ?? { kind: 'text', text };
  return { kind: 'text', text };
}
