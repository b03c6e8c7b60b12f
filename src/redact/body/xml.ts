import { isHiddenUnder, nameKind } from '../named.ts';
import { hidingLabel, isHiddenOn, isLabel, redactValue, SECRET, type Side, WORD_MAX } from './value.ts';

const DEPTH_MAX = 64;
const VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;
type Element = { readonly name: string; readonly hides: boolean };

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
export const decodeEntities = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(lt|gt|amp|quot|apos|#39|#x27);/gi, (_, name: string) => ENTITIES[name.toLowerCase()] ?? "'")
    : text;
const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1);
const hides = (name: string): boolean => ['credential', 'phrase'].includes(nameKind(name));

/** A name, `=`, and a value in quotes, which may be cut off, or without. */
const ATTRIBUTE = /([\s"'])([^\s<"'=/]+)(\s*=\s*)("[^"]*|'[^']*|[^\s>"']*)/g;
const NAMING = /\s(?:name|key|id)\s{0,4}=\s{0,4}["']?([\w.[\]-]{1,64})/i;

/** Reads XML, HTML and property lists once, from tag to tag. */
class Walk {
  private readonly side: Side;
  private readonly open: Element[] = [];
  /** The name that an element such as `<key>` named last, and how deep it stood. */
  private label: string | undefined;
  private labelDepth = 0;

  constructor(side: Side) {
    this.side = side;
  }

  tag(tag: string): string {
    const name = /^<\/?([^\s/>]+)/.exec(tag.slice(0, 130))?.[1] ?? '';
    if (tag.startsWith('</')) this.close(name);
    else if (!tag.endsWith('/>') && !VOID.test(name) && this.open.length < DEPTH_MAX)
      this.open.push({ name, hides: this.open.at(-1)?.hides === true || hides(localName(name)) });
    if (!tag.includes('=')) return tag;
    const label = hidingLabel(NAMING.exec(tag)?.[1] ?? '');
    return tag.replace(ATTRIBUTE, (_, mark: string, given: string, equals: string, value: string) => {
      const quote = /^["']/.exec(value)?.[0] ?? '';
      const under = label !== undefined && given.toLowerCase() === 'value' ? label : localName(given);
      const text = value.slice(quote.length);
      const isPlain = isLabel(under) || /^(?:type|id|class|for)$/i.test(under) || given.startsWith('xmlns');
      return mark + given + equals + quote + (isPlain ? text : this.value(text, under));
    });
  }

  private close(name: string): void {
    const at = this.open.findLastIndex((element) => element.name === name);
    if (at >= 0) this.open.length = at;
    if (this.open.length < this.labelDepth - 1) this.label = undefined;
  }

  private value(given: string, name: string): string {
    const value = decodeEntities(given);
    const safe = isHiddenOn(this.side, name, value) ? SECRET : redactValue(value, name);
    return safe === value ? given : safe;
  }

  text(given: string): string {
    const text = decodeEntities(given).trim();
    if (text === '') return given;
    const element = this.open.at(-1);
    const name = element === undefined ? '' : localName(element.name);
    if (isLabel(name)) {
      this.label = hidingLabel(text);
      this.labelDepth = this.open.length;
      if (this.label !== undefined) return given;
    } else if (this.label !== undefined && this.open.length >= this.labelDepth && isHiddenUnder(this.label, text))
      return SECRET;
    if (element?.hides === true && isHiddenUnder('secret', text)) return SECRET;
    return name !== '' && isHiddenOn(this.side, name, text) ? SECRET : redactProse(given, text, name);
  }
}

/** Lines of a long text by themselves: none is looked at beyond what the rules are proven for. */
function redactProse(given: string, text: string, name: string): string {
  if (text.length <= WORD_MAX) {
    const safe = redactValue(text, name);
    return safe === text ? given : safe;
  }
  return given
    .split('\n')
    .map((line) => redactValue(line, ''))
    .join('\n');
}

/** What is no tag: how it begins and ends. */
const OTHERS = [
  ['<![CDATA[', ']]>'],
  ['<!--', '-->'],
] as const;

export function redactXml(body: string, side: Side): string {
  const walk = new Walk(side);
  let out = '';
  let at = 0;
  while (at < body.length) {
    const from = body.indexOf('<', at);
    if (from < 0) return out + walk.text(body.slice(at));
    if (from > at) out += walk.text(body.slice(at, from));
    const [open, close] = OTHERS.find(([start]) => body.startsWith(start, from)) ?? ['', '>'];
    const end = body.indexOf(close, from + open.length);
    if (end < 0) return `${out}${open}[cut]`;
    const inner = body.slice(from + open.length, end);
    if (open === '') out += walk.tag(body.slice(from, end + 1));
    else out += open + (open === '<!--' ? redactProse(inner, inner, '') : walk.text(inner)) + close;
    at = end + close.length;
  }
  return out;
}
