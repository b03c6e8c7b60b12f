import { isHiddenUnder } from '../named.ts';
import { nameKind } from '../names.ts';
import { hidingLabel, isLabel } from './label.ts';
import { isHiddenOn, type Side } from './side.ts';
import { redactWord, WORD_MAX } from './word.ts';

const DEPTH_MAX = 64;
const VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;
interface Element {
  readonly name: string;
  readonly hides: boolean;
}

const entities = (text: string): string =>
  text.replace(
    /&(?:lt|gt|amp|quot|apos|#39|#x27);/gi,
    (e) => ({ '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' })[e.toLowerCase()] ?? "'",
  );
function nameBefore(tag: string, at: number): string {
  let end = at;
  while (end > 0 && tag[end - 1] === ' ') end--;
  let start = end;
  while (start > 0 && end - start < 128 && !/[\s<"'=/]/.test(tag[start - 1]!)) start--;
  return tag.slice(start, end);
}
const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1);
const hides = (name: string): boolean => {
  const kind = nameKind(name);
  return kind === 'credential' || kind === 'phrase';
};

/** Reads XML, HTML and property lists once, from tag to tag. */
class Walk {
  readonly side: Side;
  readonly open: Element[] = [];
  /** The name that an element such as `<key>` named last, and how deep it stood. */
  label: string | undefined;
  labelDepth = 0;

  constructor(side: Side) {
    this.side = side;
  }

  tag(tag: string): string {
    const name = /^<\/?([^\s/>]+)/.exec(tag.slice(0, 130))?.[1] ?? '';
    if (tag.startsWith('</')) this.close(name);
    else if (!tag.endsWith('/>') && !VOID.test(name) && this.open.length < DEPTH_MAX)
      this.open.push({ name, hides: this.open.at(-1)?.hides === true || hides(localName(name)) });
    return tag.includes('=') ? this.attributes(tag) : tag;
  }

  private close(name: string): void {
    const at = this.open.findLastIndex((element) => element.name === name);
    if (at >= 0) this.open.length = at;
    if (this.open.length < this.labelDepth - 1) this.label = undefined;
  }

  private attributes(tag: string): string {
    const named = /\s(?:name|key|id)\s{0,4}=\s{0,4}["']?([\w.[\]-]{1,64})/i.exec(tag)?.[1];
    const label = named === undefined ? undefined : hidingLabel(named);
    let out = '';
    let done = 0;
    for (let at = tag.indexOf('='); at >= 0; at = tag.indexOf('=', Math.max(done, at + 1))) {
      const name = nameBefore(tag, at);
      const from = at + 1 + (/^\s/.test(tag.slice(at + 1)) ? 1 : 0);
      const quote = tag[from] === '"' || tag[from] === "'" ? tag[from]! : '';
      const start = from + quote.length;
      const end = quote === '' ? from + tag.slice(from).search(/[\s>]|$/) : tag.indexOf(quote, start);
      const to = end < 0 ? tag.length : end;
      const under = label !== undefined && name.toLowerCase() === 'value' ? label : localName(name);
      out += tag.slice(done, start) + this.attribute(name, under, tag.slice(start, to));
      done = to;
    }
    return out + tag.slice(done);
  }

  private attribute(name: string, under: string, given: string): string {
    const value = entities(given);
    if (isLabel(under) || /^(?:type|id|class|for)$/i.test(under) || name.startsWith('xmlns')) return given;
    const safe = isHiddenOn(this.side, under, value) ? '[secret]' : redactWord(value, nameKind(under));
    return safe === value ? given : safe;
  }

  text(given: string): string {
    const text = entities(given).trim();
    if (text === '') return given;
    const element = this.open.at(-1);
    const name = element === undefined ? '' : localName(element.name);
    if (isLabel(name)) {
      this.label = hidingLabel(text);
      this.labelDepth = this.open.length;
      if (this.label !== undefined) return given;
    } else if (this.label !== undefined && this.open.length >= this.labelDepth && isHiddenUnder(this.label, text))
      return '[secret]';
    if (
      (element?.hides === true && isHiddenUnder('secret', text)) ||
      (name !== '' && isHiddenOn(this.side, name, text))
    )
      return '[secret]';
    return redactProse(given, text, name);
  }
}

/** Lines of a long text by themselves: none is looked at beyond what the rules are proven for. */
function redactProse(given: string, text: string, name: string): string {
  if (text.length <= WORD_MAX) {
    const safe = redactWord(text, nameKind(name));
    return safe === text ? given : safe;
  }
  return given
    .split('\n')
    .map((line) => redactWord(line, 'ordinary'))
    .join('\n');
}

export function redactXml(body: string, side: Side): string {
  const walk = new Walk(side);
  let out = '';
  let at = 0;
  while (at < body.length) {
    const from = body.indexOf('<', at);
    if (from < 0) return out + walk.text(body.slice(at));
    if (from > at) out += walk.text(body.slice(at, from));
    const [open, close] = body.startsWith('<![CDATA[', from)
      ? ['<![CDATA[', ']]>']
      : body.startsWith('<!--', from)
        ? ['<!--', '-->']
        : ['', '>'];
    const end = body.indexOf(close!, from + open!.length);
    if (end < 0) return `${out}${open}[cut]`;
    const inner = body.slice(from + open!.length, end);
    if (open === '') out += walk.tag(body.slice(from, end + 1));
    else out += open + (open === '<!--' ? redactProse(inner, inner, '') : walk.text(inner)) + close;
    at = end + close!.length;
  }
  return out;
}
