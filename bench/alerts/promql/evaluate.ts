import { aggregate, operate } from './operators.ts';
import { type Binary, type Matcher, type Node, parse, type Selector, type Subquery } from './parse.ts';
import { type Column, type Grid, type Labels, MISSING, type Moments, momentsOf, type Scraped } from './series.ts';
import { increase, newest, OVER_TIME, type OverTime, quantileOver, slide } from './windows.ts';

/** A vector, or one number for every moment. */
export type Value = readonly Column[] | Float64Array;

/** The recording rules of one name. A later one may read the series of those before it. */
interface Recorded {
  readonly grid: Grid;
  readonly rules: { readonly expr: string; readonly labels: Labels }[];
  /** How many moments were asked for; from a quarter of all on, all are computed and kept. */
  asked: number;
}

const KEYS = new WeakMap<Node, string>();
const keyOf = (node: Node): string => {
  const key = KEYS.get(node) ?? JSON.stringify(node);
  KEYS.set(node, key);
  return key;
};

/**
 * Evaluates PromQL over whole columns of time instead of moment by moment. A recorded series is computed where somebody asks for it, and the
 * right side of an operator only where the left one has a value: most moments of two weeks are quiet. A test compares it with Prometheus's own
 * engine.
 */
export class Database {
  readonly scraped = new Map<string, Scraped[]>();
  readonly #recorded = new Map<string, Recorded>();
  readonly #parsed: Map<string, Node>;
  readonly #isAway: ((t: number) => boolean) | undefined;
  readonly #answers = new WeakMap<Moments, Map<string, unknown>>();

  /** `parsed` may be shared between databases; nothing is recorded while Prometheus is away. */
  constructor(parsed = new Map<string, Node>(), isAway?: (t: number) => boolean) {
    this.#parsed = parsed;
    this.#isAway = isAway;
  }

  query(expr: string, grid: Grid): readonly Column[] {
    const moments = momentsOf(grid);
    const value = this.#value(this.#parse(expr), moments);
    return value instanceof Float64Array ? [{ labels: {}, values: value }] : value;
  }

  /** Declares a recording rule; rows of another rule of the same name stay. */
  record(name: string, grid: Grid, expr: string, labels: Labels = {}): void {
    const kept = this.#recorded.get(name) ?? { grid, rules: [], asked: 0 };
    kept.rules.push({ expr, labels });
    this.#recorded.set(name, kept);
  }

  #parse(expr: string): Node {
    const node = this.#parsed.get(expr) ?? parse(expr);
    this.#parsed.set(expr, node);
    return node;
  }

  #value(node: Node, moments: Moments): Value {
    switch (node.kind) {
      case 'number':
        return new Float64Array(moments.length).fill(node.value);
      case 'selector':
        return this.#instant(node, moments);
      case 'aggregate':
        return aggregate(node.op, node.by, this.#vector(node.of, moments), moments.length);
      case 'binary':
        return this.#once(keyOf(node), moments, () => this.#binary(node, moments));
      case 'call':
        return this.#once(keyOf(node), moments, () => this.#call(node.name, node.args, moments));
      default:
        throw new Error(`${node.kind} where a value is wanted`);
    }
  }

  /** What several rules ask of the same moments is computed once. */
  #once<T>(key: string, moments: Moments, compute: () => T): T {
    const answers = this.#answers.get(moments) ?? new Map<string, unknown>();
    this.#answers.set(moments, answers);
    const found = (answers.get(key) as T | undefined) ?? compute();
    answers.set(key, found);
    return found;
  }

  #vector(node: Node, moments: Moments): readonly Column[] {
    const value = this.#value(node, moments);
    if (value instanceof Float64Array) throw new Error('a number where a vector is wanted');
    return value;
  }

  #binary(node: Binary, moments: Moments): Value {
    const left = this.#value(node.left, moments);
    if (left instanceof Float64Array || node.op === 'or')
      return operate(node, left, this.#value(node.right, moments), moments.length);
    const some = present(left, moments.length);
    if (some.length === 0) return [];
    if (some.length > moments.length / 2) return operate(node, left, this.#value(node.right, moments), moments.length);
    const there = left.map(({ labels, values }) => ({ labels, values: gathered(values, some) }));
    const found = operate(node, there, this.#value(node.right, gathered(moments, some)), some.length) as Column[];
    return found.flatMap(({ labels, values }) => {
      if (values.every((x) => x === MISSING)) return [];
      const out = new Float64Array(moments.length).fill(MISSING);
      for (let i = 0; i < some.length; i++) out[some[i]!] = values[i]!;
      return [{ labels, values: out }];
    });
  }

  #instant(s: Selector, moments: Moments): readonly Column[] {
    const kept = this.#recorded.get(s.name);
    if (kept === undefined)
      return this.#select(this.scraped.get(s.name) ?? [], s.matchers).map((one) => ({
        labels: one.labels,
        values: newest(one, moments, s.offset),
      }));
    const { start, step } = kept.grid;
    const of = this.#within(kept.grid, moments, step - 0.001, s.offset);
    const columns = this.#select(this.#series(s.name, of), s.matchers);
    if (of === moments && s.offset === 0) return columns;
    // What was recorded last, unless that was nothing.
    const index = new Int32Array(moments.length);
    for (let i = 0, k = -1; i < index.length; i++) {
      const at = moments[i]! - s.offset - start;
      while (k + 1 < of.length && of[k + 1]! - start <= at) k++;
      index[i] = k >= 0 && at - (of[k]! - start) < Math.min(step, 300) ? k : -1;
    }
    return columns.map(({ labels, values }) => ({ labels, values: gathered(values, index) }));
  }

  /** The series of a recorded name at these moments of its grid. */
  #series(name: string, moments: Moments): readonly Column[] {
    const kept = this.#recorded.get(name)!;
    const whole = momentsOf(kept.grid);
    if (moments === whole) kept.asked = whole.length;
    else
      return this.#once(`series ${name}`, moments, () => {
        kept.asked += moments.length;
        if (kept.asked < whole.length / 4) return this.#rows(name, moments);
        const places = new Int32Array(moments.length);
        for (let i = 0; i < places.length; i++) places[i] = Math.round((moments[i]! - whole[0]!) / kept.grid.step);
        return this.#rows(name, whole).map((c) => ({ labels: c.labels, values: gathered(c.values, places) }));
      });
    return this.#rows(name, whole);
  }

  /** The series of all rules of a name, or of the first so many. */
  #rows(name: string, moments: Moments, count?: number): readonly Column[] {
    const { rules } = this.#recorded.get(name)!;
    return rules.slice(0, count).flatMap(({ expr, labels }, i) =>
      this.#once(`${i} ${name}`, moments, () => {
        const node = this.#parse(expr);
        const own = i > 0 && node.kind === 'aggregate' && node.of.kind === 'selector' && node.of.name === name;
        const value = own
          ? aggregate(
              node.op,
              node.by,
              this.#select(this.#rows(name, moments, i), (node.of as Selector).matchers),
              moments.length,
            )
          : this.#vector(node, moments);
        return value.map((c) => ({
          labels: { ...c.labels, ...labels },
          values: this.#isAway ? c.values.map((x, k) => (this.#isAway!(moments[k]!) ? MISSING : x)) : c.values,
        }));
      }),
    );
  }

  #select<T extends { readonly labels: Labels }>(all: readonly T[], matchers: readonly Matcher[]): T[] {
    return all.filter(({ labels }) => matchers.every((m) => matches(m, labels[m.label] ?? '')));
  }

  #call(name: string, args: readonly Node[], moments: Moments): Value {
    const text = (i: number) => (args[i] as { value: string }).value;
    const number = (i: number) => (this.#value(args[i]!, moments) as Float64Array)[0]!;
    const each = (of: Node, f: (x: number) => number): Value => {
      const value = this.#value(of, moments);
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
    if (over !== undefined) return this.#over(args[0]!, moments, over);
    switch (name) {
      case 'increase':
        return this.#increase(args[0] as Selector, moments);
      case 'rate': {
        const { range = 1 } = args[0] as Selector;
        return this.#increase(args[0] as Selector, moments).map((c) => ({
          ...c,
          values: c.values.map((x) => (x === MISSING ? x : x / range)),
        }));
      }
      case 'quantile_over_time': {
        const q = number(0);
        return this.#over(args[1]!, moments, quantileOver(q));
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
        return new Float64Array(moments.length).fill(Math.PI);
      case 'time':
        return moments;
      case 'vector':
        return [{ labels: {}, values: this.#value(args[0]!, moments) as Float64Array }];
      case 'histogram_quantile':
        return histogramQuantile(number(0), this.#vector(args[1]!, moments), moments.length);
      case 'label_replace':
        return this.#vector(args[0]!, moments).map((c) => replaced(c, text(1), text(2), text(3), text(4)));
      default:
        throw new Error(`no function ${name}`);
    }
  }

  #increase(s: Selector, moments: Moments): Column[] {
    return this.#select(this.scraped.get(s.name) ?? [], s.matchers).map((one) => ({
      labels: one.labels,
      values: increase(one, moments, s.range!, s.offset),
    }));
  }

  #over(node: Node, moments: Moments, f: OverTime): Column[] {
    const { range, offset } = node as Selector | Subquery;
    const series =
      node.kind === 'selector' && !this.#recorded.has(node.name)
        ? this.#select(this.scraped.get(node.name) ?? [], node.matchers)
        : this.#samples(node as Selector | Subquery, moments);
    return series.map((one) => ({ labels: one.labels, values: slide(one, moments, range!, offset, f) }));
  }

  #samples(node: Selector | Subquery, moments: Moments): Scraped[] {
    // A subquery looks at the multiples of its own step.
    const grid =
      node.kind === 'subquery' ? { start: 0, step: node.step, n: Infinity } : this.#recorded.get(node.name)!.grid;
    const of = this.#within(grid, moments, node.range!, node.offset);
    const columns =
      node.kind === 'subquery' ? this.#vector(node.of, of) : this.#select(this.#series(node.name, of), node.matchers);
    return columns.map((c) => samples(c, of));
  }

  /** The moments of a grid that the windows of this length hold; all of them when it is the most. */
  #within(grid: Grid, moments: Moments, range: number, offset: number): Moments {
    return this.#once(`${grid.start} ${grid.step} ${range} ${offset}`, moments, () => {
      const found: number[] = [];
      let next = grid.n === Infinity ? -Infinity : 0;
      for (const t of moments) {
        const end = t - offset - grid.start;
        next = Math.max(next, Math.ceil((end - range) / grid.step));
        for (; next * grid.step <= end && next < grid.n; next++) found.push(grid.start + next * grid.step);
      }
      return found.length > grid.n / 2 ? momentsOf(grid) : Float64Array.from(found);
    });
  }
}

/** Where any of these has a value. */
function present(columns: readonly Column[], n: number): Int32Array {
  const found = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++)
    for (const { values } of columns)
      if (values[i] !== MISSING) {
        found[count++] = i;
        break;
      }
  return found.subarray(0, count);
}

/** The values at these places; nothing at a place below 0. */
function gathered(values: Float64Array, places: Int32Array): Float64Array {
  const out = new Float64Array(places.length);
  for (let i = 0; i < out.length; i++) out[i] = places[i]! < 0 ? MISSING : values[places[i]!]!;
  return out;
}

/** Without what is missing, as samples. */
function samples({ labels, values }: Column, at: Moments): Scraped {
  const there = present([{ labels, values }], values.length);
  return { labels, times: gathered(at, there), values: gathered(values, there) };
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
  const [last, { [i]: total = Number.NaN }] = sorted.at(-1)!;
  if (last !== Number.POSITIVE_INFINITY) return Number.NaN;
  if (total === MISSING) return MISSING;
  if (total === 0) return Number.NaN;
  const rank = q * total;
  const b = sorted.findIndex(([, values]) => values[i]! >= rank);
  if (b === sorted.length - 1) return sorted[b - 1]![0];
  const [low, below] = b === 0 ? [0, 0] : [sorted[b - 1]![0], sorted[b - 1]![1][i]!];
  return low + ((sorted[b]![0] - low) * (rank - below)) / (sorted[b]![1][i]! - below);
}
