import { inert } from '../../src/evidence/inert.ts';

/** Text that is HTML already; nothing else goes into a page unescaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Value = Html | string | number | undefined | false | readonly Value[];

/** A template whose values are escaped unless they are HTML themselves. Attribute values must stand in double quotes. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.reduce((text, part, i) => text + render(values[i - 1]) + part));

const render = (value: Value): string => {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  return escaped(String(value));
};

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also control and bidirectional characters become visible; line feeds stay, for blocks. */
const escaped = (text: string): string =>
  text
    .split('\n')
    .map((line) => inert(line, 20_000))
    .join('\n')
    .replace(/[&<>"']/g, (c) => ENTITY[c]!);
