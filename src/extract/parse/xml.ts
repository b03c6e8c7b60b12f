import { decodeEntities } from '../../redact/body/xml.ts';

/** One element that has text or attributes, in document order. Names are local and in lower case. */
export interface Element {
  readonly name: string;
  readonly parent: string;
  readonly depth: number;
  readonly attributes: string;
  text: string;
  /** The name as written, without its prefix: for faults that carry their code as an element name. */
  readonly written: string;
}

const MAX_ELEMENTS = 256;
const MAX_DEPTH = 32;

const local = (name: string): string => name.slice(name.lastIndexOf(':') + 1);

/** One pass over tags. Truncated, mismatched and hostile documents give fewer elements, never an error. */
export function elementsOf(xml: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  let at = xml.indexOf('<');
  while (at >= 0 && elements.length < MAX_ELEMENTS) {
    if (xml.startsWith('<!--', at)) {
      const end = xml.indexOf('-->', at + 4);
      at = end < 0 ? -1 : xml.indexOf('<', end + 3);
      continue;
    }
    if (xml.startsWith('<![CDATA[', at)) {
      const end = xml.indexOf(']]>', at + 9);
      const element = open.at(-1);
      if (end < 0) break;
      if (element !== undefined) element.text += xml.slice(at + 9, end);
      at = xml.indexOf('<', end + 3);
      continue;
    }
    const end = xml.indexOf('>', at + 1);
    if (end < 0) break;
    const next = xml.indexOf('<', end + 1);
    if (xml[at + 1] === '/') open.pop();
    else if (xml[at + 1] !== '?' && xml[at + 1] !== '!') {
      const closed = xml[end - 1] === '/';
      const tag = xml.slice(at + 1, closed ? end - 1 : end);
      const space = tag.search(/\s/);
      const written = local(space < 0 ? tag : tag.slice(0, space));
      const element: Element = {
        name: written.toLowerCase().replace(/[_-]/g, ''),
        parent: open.at(-1)?.name ?? '',
        depth: open.length,
        attributes: space < 0 ? '' : tag.slice(space),
        // Text that the capture cut off does not count.
        text: closed || next < 0 ? '' : decodeEntities(xml.slice(end + 1, next)).trim(),
        written,
      };
      elements.push(element);
      if (!closed && open.length < MAX_DEPTH) open.push(element);
    }
    at = next;
  }
  return elements;
}

/** The value of one attribute, by local name in lower case. */
export function attributeOf(element: Element, name: string): string | undefined {
  for (const match of element.attributes.matchAll(/(?<![\w:-])([\w:-]{1,40})=(?:"([^"<]{0,256})"|'([^'<]{0,256})')/g))
    if (local(match[1]!).toLowerCase() === name) return decodeEntities(match[2] ?? match[3] ?? '');
  return undefined;
}
