import { aggregate, operate } from './operators.ts';
import { type Matcher, type Node, parse, type Selector, type Subquery } from './parse.ts';
import { type Column, type Grid, type Labels, MISSING, type Recorded, type Scraped } from './series.ts';
import { increase, newest, OVER_TIME, type OverTime, quantileOver, slide } from './windows.ts';

/** A vector, or one number for every moment. */
export type Value = readonly Column[] | Float64Array;

/**
 * Evaluates PromQL over whole columns of time instead of moment by moment: two weeks of one provider take a second. A test compares it with
 * Prometheus's own engine.
 */
export class Database {
  readonly scraped = new Map<string, Scraped[]>();
  readonly recorded = new Map<string, Recorded>();
  readonly #parsed: Map<string, Node>;
  readonly #answers = new Map<string, Value>();

  /** `parsed` may be shared between databases. */
  constructor(parsed = new Map<string, Node>()) {
    this.#parsed = parsed;
  }

  query(expr: string, grid: Grid): readonly Column[] {
    const node = this.#parsed.get(expr) ?? parse(expr);
    this.#parsed.set(expr, node);
    const value = this.#value(node, grid);
    return value instanceof Float64Array ? [{ labels: {}, values: value }] : value;
  }

  /** Keeps what a recording rule gave; rows of another rule of the same name stay. */
  keep(name: string, grid: Grid, columns: readonly Column[], labels: Labels = {}): void {
    for (const key of this.#answers.keys()) if (key.includes(JSON.stringify(name))) this.#answers.delete(key);
    const added = columns.map((c) => ({ labels: { ...c.labels, ...labels }, values: c.values }));
    this.recorded.set(name, { grid, columns: [...(this.recorded.get(name)?.columns ?? []), ...added] });
  }

  #value(node: Node, grid: Grid): Value {
    switch (node.kind) {
      case 'number':
        return new Float64Array(grid.n).fill(node.value);
      case 'selector':
        return this.#instant(node, grid);
      case 'aggregate':
        return aggregate(node.op, node.by, this.#vector(node.of, grid), grid.n);
      case 'binary':
        return operate(node, this.#value(node.left, grid), this.#value(node.right, grid), grid.n);
      case 'call':
        return this.#once(node, grid, () => this.#call(node.name, node.args, grid));
      default:
        throw new Error(`${node.kind} where a value is wanted`);
    }
  }

  /** What several rules ask is computed once. */
  #once(node: Node, grid: Grid, compute: () => Value): Value {
    const key = `${grid.start} ${grid.step} ${grid.n} ${JSON.stringify(node)}`;
    const found = this.#answers.get(key) ?? compute();
    this.#answers.set(key, found);
    return found;
  }

  #vector(node: Node, grid: Grid): readonly Column[] {
    const value = this.#value(node, grid);
    if (value instanceof Float64Array) throw new Error('a number where a vector is wanted');
    return value;
  }

  #instant(s: Selector, grid: Grid): Column[] {
    const kept = this.recorded.get(s.name);
    if (kept === undefined)
      return this.#select(this.scraped.get(s.name) ?? [], s.matchers).map((one) => ({
        labels: one.labels,
        values: newest(one, grid, s.offset),
      }));
    const same = kept.grid.step === grid.step && kept.grid.start === grid.start && s.offset === 0;
    return this.#select(kept.columns, s.matchers).map(({ labels, values }) => ({
      labels,
      values: same ? values : moved(values, kept.grid, grid, s.offset),
    }));
  }

  #select<T extends { readonly labels: Labels }>(all: readonly T[], matchers: readonly Matcher[]): T[] {
    return all.filter(({ labels }) => matchers.every((m) => matches(m, labels[m.label] ?? '')));
  }

  #call(name: string, args: readonly Node[], grid: Grid): Value {
    const text = (i: number) => (args[i] as { value: string }).value;
    const number = (i: number) => (this.#value(args[i]!, grid) as Float64Array)[0]!;
    const each = (of: Node, f: (x: number) => number): Value => {
      const value = this.#value(of, grid);
      const apply = (values: Float64Array) => {
        const out = new Float64Array(values.length);
        for (let i = 0; i < values.length; i++) out[i] = values[i] === MISSING ? MISSING : f(values[i]!);
        return out;
      };
      return value instanceof Float64Array
        ? apply(value)
        : value.map((c) => ({ labels: c.labels, values: apply(c.values) }));
    };
    const over = OVER_TIME[name];
    if (over !== undefined) return this.#over(args[0]!, grid, over);
    switch (name) {
      case 'increase':
        return this.#increase(args[0] as Selector, grid);
      case 'rate': {
        const { range = 1 } = args[0] as Selector;
        return this.#increase(args[0] as Selector, grid).map((c) => ({
          ...c,
          values: c.values.map((x) => (x === MISSING ? x : x / range)),
        }));
      }
      case 'quantile_over_time': {
        const q = number(0);
        return this.#over(args[1]!, grid, quantileOver(q));
      }
      case 'clamp_max': {
        const most = number(1);
        return each(args[0]!, (x) => Math.min(x, most));
      }
      case 'clamp_min': {
        const least = number(1);
        return each(args[0]!, (x) => Math.max(x, least));
      }
      case 'clamp': {
        const [least, most] = [number(1), number(2)];
        return each(args[0]!, (x) => Math.max(least, Math.min(most, x)));
      }
      case 'sqrt':
      case 'asin':
      case 'sin':
      case 'abs':
        return each(args[0]!, Math[name]);
      case 'pi':
        return new Float64Array(grid.n).fill(Math.PI);
      case 'time':
        return new Float64Array(grid.n).map((_, i) => grid.start + i * grid.step);
      case 'vector':
        return [{ labels: {}, values: this.#value(args[0]!, grid) as Float64Array }];
      case 'histogram_quantile':
        return histogramQuantile(number(0), this.#vector(args[1]!, grid), grid.n);
      case 'label_replace':
        return this.#vector(args[0]!, grid).map((c) => replaced(c, text(1), text(2), text(3), text(4)));
      default:
        throw new Error(`no function ${name}`);
    }
  }

  #increase(s: Selector, grid: Grid): Column[] {
    return this.#select(this.scraped.get(s.name) ?? [], s.matchers).map((one) => ({
      labels: one.labels,
      values: increase(one, grid, s.range!, s.offset),
    }));
  }

  #over(node: Node, grid: Grid, f: OverTime): Column[] {
    if (node.kind === 'selector' && !this.recorded.has(node.name))
      return this.#select(this.scraped.get(node.name) ?? [], node.matchers).map((one) => ({
        labels: one.labels,
        values: slide(one, grid, node.range!, node.offset, f),
      }));
    const { columns, inner, range, offset } =
      node.kind === 'subquery' ? this.#subquery(node, grid) : this.#range(node as Selector);
    return columns.map((c) => ({
      labels: c.labels,
      values: slide(samples(c, inner), grid, range, offset, f),
    }));
  }

  #range(s: Selector): { columns: readonly Column[]; inner: Grid; range: number; offset: number } {
    const kept = this.recorded.get(s.name)!;
    return { columns: this.#select(kept.columns, s.matchers), inner: kept.grid, range: s.range!, offset: s.offset };
  }

  /** A subquery looks at the multiples of its own step. */
  #subquery(s: Subquery, grid: Grid): { columns: readonly Column[]; inner: Grid; range: number; offset: number } {
    const first = Math.ceil((grid.start - s.offset - s.range) / s.step) * s.step;
    const last = grid.start + (grid.n - 1) * grid.step - s.offset;
    const inner = { start: first, step: s.step, n: Math.max(0, Math.floor((last - first) / s.step) + 1) };
    return { columns: this.#vector(s.of, inner), inner, range: s.range, offset: s.offset };
  }
}

/** Without what is missing, as samples. */
function samples({ labels, values }: Column, grid: Grid): Scraped {
  const times = new Float64Array(values.length);
  const kept = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === MISSING) continue;
    times[n] = grid.start + i * grid.step;
    kept[n++] = values[i]!;
  }
  return { labels, times: times.subarray(0, n), values: kept.subarray(0, n) };
}

/** A recorded column at other moments: what was recorded last, unless that was nothing. */
function moved(values: Float64Array, from: Grid, to: Grid, offset: number): Float64Array {
  const out = new Float64Array(to.n).fill(MISSING);
  for (let i = 0; i < to.n; i++) {
    const at = to.start + i * to.step - offset - from.start;
    const k = Math.floor(at / from.step);
    if (k >= 0 && k < from.n && at - k * from.step < 300) out[i] = values[k]!;
  }
  return out;
}

const PATTERNS = new Map<string, RegExp>();
const pattern = (text: string): RegExp => {
  const made = PATTERNS.get(text) ?? new RegExp(`^(?:${text})$`);
  PATTERNS.set(text, made);
  return made;
};

function matches({ op, value }: Matcher, actual: string): boolean {
  if (op === '=') return actual === value;
  if (op === '!=') return actual !== value;
  return pattern(value).test(actual) === (op === '=~');
}

function replaced(c: Column, to: string, replacement: string, from: string, regex: string): Column {
  const found = pattern(regex).exec(c.labels[from] ?? '');
  if (found === null) return c;
  return {
    labels: { ...c.labels, [to]: replacement.replace(/\$(\d)/g, (_, i: string) => found[Number(i)] ?? '') },
    values: c.values,
  };
}

function histogramQuantile(q: number, buckets: readonly Column[], n: number): Column[] {
  const groups = Map.groupBy(buckets, ({ labels: { le: _, ...rest } }) => JSON.stringify(rest));
  return [...groups].map(([key, of]) => {
    const sorted = of
      .map((c) => [c.labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(c.labels['le']), c.values] as const)
      .sort((a, b) => a[0] - b[0]);
    const values = new Float64Array(n);
    for (let i = 0; i < n; i++) values[i] = quantileAt(q, sorted, i);
    return { labels: JSON.parse(key) as Labels, values };
  });
}

function quantileAt(q: number, sorted: readonly (readonly [number, Float64Array])[], i: number): number {
  const total = sorted.at(-1)![1][i]!;
  if (total === MISSING) return MISSING;
  if (total === 0) return Number.NaN;
  const rank = q * total;
  const b = sorted.findIndex(([, values]) => values[i]! >= rank);
  if (b === sorted.length - 1) return sorted[b - 1]![0];
  const [low, below] = b === 0 ? [0, 0] : [sorted[b - 1]![0], sorted[b - 1]![1][i]!];
  return low + ((sorted[b]![0] - low) * (rank - below)) / (sorted[b]![1][i]! - below);
}
