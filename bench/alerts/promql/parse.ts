/** The part of PromQL that the shipped rules use, as a tree. */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}
export interface Selector {
  readonly kind: 'selector';
  readonly name: string;
  readonly matchers: readonly Matcher[];
  readonly range?: number;
  readonly offset: number;
}
export interface Subquery {
  readonly kind: 'subquery';
  readonly of: Node;
  readonly range: number;
  readonly step: number;
  readonly offset: number;
}
export interface Binary {
  readonly kind: 'binary';
  readonly op: string;
  readonly left: Node;
  readonly right: Node;
  readonly bool: boolean;
  /** Labels that two series must share; all of them where absent. */
  readonly on?: readonly string[];
  readonly many: boolean;
}
export type Node =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'aggregate'; readonly op: string; readonly by: readonly string[]; readonly of: Node }
  | Selector
  | Subquery
  | Binary;

const TOKEN =
  /\s*(?:#[^\n]*\n)?\s*("(?:[^"\\]|\\.)*"|\d+(?:ms|[smhdw])(?:\d+(?:ms|[smhdw]))*|\d+\.?\d*(?:e[+-]?\d+)?|[A-Za-z_][\w:]*|[<>=!]=|[=!]~|[-+*/^%()[\]{},:<>=])/y;
const AGGREGATES = new Set(['sum', 'max', 'min', 'count', 'avg', 'group']);
const LEVELS = [['or'], ['and', 'unless'], ['==', '!=', '<=', '<', '>=', '>'], ['+', '-'], ['*', '/', '%'], ['^']];
const UNIT = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** Seconds of a Prometheus duration such as `1h30m`; 0 without one. */
export const seconds = (text = ''): number =>
  [...text.matchAll(/(\d+)(ms|[smhdw])/g)].reduce((sum, [, n, u]) => sum + Number(n) * UNIT[u as keyof typeof UNIT], 0);

/** Throws at the first thing that it does not know: an expression is never read as something else. */
export function parse(text: string): Node {
  const parser = new Parser(text);
  const node = parser.binary(0);
  parser.end();
  return node;
}

class Parser {
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    const end = text.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const from = TOKEN.lastIndex;
      const found = TOKEN.exec(text);
      if (found === null) throw new Error(`no PromQL from: ${text.slice(from, from + 40)}`);
      this.#tokens.push(found[1]!);
    }
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new Error(`unexpected ${this.#rest()}`);
  }
  #rest = (): string => this.#tokens.slice(this.#at, this.#at + 8).join(' ');
  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }
  #need(token: string): void {
    if (!this.#take(token)) throw new Error(`${token} expected at ${this.#rest()}`);
  }
  #next = (): string => this.#tokens[this.#at++] ?? '';

  binary(level: number): Node {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.binary(level + 1);
    for (;;) {
      const op = operators.find((o) => this.#take(o));
      if (op === undefined) return left;
      const bool = this.#take('bool');
      const on = this.#take('on') ? this.#names() : undefined;
      const many = this.#take('group_left') && this.#names().length === 0;
      // `^` binds to the right, all others to the left.
      const right = this.binary(op === '^' ? level : level + 1);
      left = { kind: 'binary', op, left, right, bool, many, ...(on === undefined ? {} : { on }) };
    }
  }

  #names(): string[] {
    this.#need('(');
    const names: string[] = [];
    while (!this.#take(')')) {
      names.push(this.#next());
      this.#take(',');
    }
    return names;
  }

  #unary(): Node {
    if (this.#take('-')) {
      const right = this.binary(LEVELS.length - 1);
      return { kind: 'binary', op: '*', left: { kind: 'number', value: -1 }, right, bool: false, many: false };
    }
    return this.#suffix(this.#primary());
  }

  #suffix(node: Node): Node {
    let made = node;
    if (this.#take('[')) {
      const range = seconds(this.#next());
      if (this.#take(':')) made = { kind: 'subquery', of: node, range, step: seconds(this.#next()), offset: 0 };
      else if (node.kind === 'selector') made = { ...node, range };
      else throw new Error(`a range of no selector before ${this.#rest()}`);
      this.#need(']');
    }
    if (!this.#take('offset')) return made;
    if (made.kind !== 'selector' && made.kind !== 'subquery')
      throw new Error(`an offset of no selector before ${this.#rest()}`);
    return { ...made, offset: seconds(this.#next()) };
  }

  #primary(): Node {
    if (this.#take('(')) {
      const inner = this.binary(0);
      this.#need(')');
      return inner;
    }
    const token = this.#next();
    if (token.startsWith('"')) return { kind: 'text', value: JSON.parse(token) as string };
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`unexpected ${token} ${this.#rest()}`);
    if (AGGREGATES.has(token)) return this.#aggregate(token);
    if (this.#take('(')) {
      const args: Node[] = [];
      while (!this.#take(')')) {
        args.push(this.binary(0));
        this.#take(',');
      }
      return { kind: 'call', name: token, args };
    }
    return { kind: 'selector', name: token, matchers: this.#matchers(), offset: 0 };
  }

  #aggregate(op: string): Node {
    let by = this.#take('by') ? this.#names() : undefined;
    this.#need('(');
    const of = this.binary(0);
    this.#need(')');
    by ??= this.#take('by') ? this.#names() : [];
    return { kind: 'aggregate', op, by, of };
  }

  #matchers(): Matcher[] {
    const found: Matcher[] = [];
    if (!this.#take('{')) return found;
    while (!this.#take('}')) {
      const label = this.#next();
      const op = this.#next() as Matcher['op'];
      found.push({ label, op, value: JSON.parse(this.#next()) as string });
      this.#take(',');
    }
    return found;
  }
}
