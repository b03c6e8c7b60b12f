import type { Value } from './evaluate.ts';
import type { Binary } from './parse.ts';
import { type Column, column, keyOf, type Labels, MISSING, pick } from './series.ts';

const ARITHMETIC = ['+', '-', '*', '/', '%', '^'];
const COMPARISON = ['==', '!=', '>', '>=', '<', '<='];
const CODES = new Map([...ARITHMETIC, ...COMPARISON].map((op, code) => [op, code]));
const compares = (op: string): boolean => COMPARISON.includes(op);

/** One operation over two columns. `keep` is the side whose value a comparison leaves, or nothing for `bool`. */
function loop(op: string, a: Float64Array, b: Float64Array, keep: Float64Array | undefined): Float64Array {
  const code = CODES.get(op)!;
  const out = new Float64Array(a.length).fill(MISSING);
  for (let i = 0; i < out.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    if (x === MISSING || y === MISSING) continue;
    if (code < 6) {
      out[i] = arithmetic(code, x, y);
      continue;
    }
    const holds = comparison(code, x, y);
    if (keep === undefined) out[i] = Number(holds);
    else if (holds) out[i] = keep[i]!;
  }
  return out;
}

function arithmetic(code: number, x: number, y: number): number {
  if (code === 0) return x + y;
  if (code === 1) return x - y;
  if (code === 2) return x * y;
  if (code === 3) return x / y;
  return code === 4 ? x % y : x ** y;
}

function comparison(code: number, x: number, y: number): boolean {
  if (code === 6) return x === y;
  if (code === 7) return x !== y;
  if (code === 8) return x > y;
  if (code === 9) return x >= y;
  return code === 10 ? x < y : x <= y;
}

const AGGREGATE: Readonly<Record<string, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  avg: (a, b) => a + b,
  max: (a, b) => (Number.isNaN(a) ? b : Math.max(a, Number.isNaN(b) ? a : b)),
  min: (a, b) => (Number.isNaN(a) ? b : Math.min(a, Number.isNaN(b) ? a : b)),
};

export function aggregate(op: string, by: readonly string[], vector: readonly Column[], n: number): Column[] {
  const groups = Map.groupBy(vector, (c) => keyOf(c.labels, by));
  const f = AGGREGATE[op];
  return [...groups.values()].map((of) => {
    if (of.length === 1 && f !== undefined) return { labels: pick(of[0]!.labels, by), values: of[0]!.values };
    const out = column(n, pick(of[0]!.labels, by));
    const counts = new Uint32Array(n);
    for (const { values } of of)
      for (let i = 0; i < n; i++) {
        const x = values[i]!;
        if (x === MISSING) continue;
        out.values[i] = counts[i] === 0 ? x : (f?.(out.values[i]!, x) ?? 1);
        counts[i]!++;
      }
    for (let i = 0; i < n; i++) {
      if (counts[i] === 0) continue;
      if (op === 'count') out.values[i] = counts[i]!;
      if (op === 'group') out.values[i] = 1;
      if (op === 'avg') out.values[i]! /= counts[i]!;
    }
    return out;
  });
}

export function operate(node: Binary, left: Value, right: Value, n: number): Value {
  const { op, bool } = node;
  const leftNumber = left instanceof Float64Array;
  const rightNumber = right instanceof Float64Array;
  if (leftNumber && rightNumber) return loop(op, left, right, bool || !compares(op) ? undefined : left);
  // A comparison keeps the value of the vector, on whichever side it stands.
  if (rightNumber)
    return (left as Column[]).map(({ labels, values }) => ({
      labels,
      values: loop(op, values, right, bool ? undefined : values),
    }));
  if (leftNumber)
    return right.map(({ labels, values }) => ({ labels, values: loop(op, left, values, bool ? undefined : values) }));
  if (op === 'or' || op === 'and' || op === 'unless') return sets(node, left, right, n);
  return joined(node, left, right);
}

const keys = (node: Binary) => (c: Column) => keyOf(c.labels, node.on);

function joined(node: Binary, left: readonly Column[], right: readonly Column[]): Column[] {
  const key = keys(node);
  const others = Map.groupBy(right, key);
  const seen = new Set<string>();
  return left.flatMap((a) => {
    const k = key(a);
    const b = others.get(k);
    if (b === undefined) return [];
    if (b.length > 1 || (!node.many && seen.has(k))) throw new Error(`many-to-many: ${k} at ${node.op}`);
    seen.add(k);
    const labels: Labels = node.on === undefined || node.many || compares(node.op) ? a.labels : pick(a.labels, node.on);
    return [{ labels, values: loop(node.op, a.values, b[0]!.values, node.bool ? undefined : a.values) }];
  });
}

function sets(node: Binary, left: readonly Column[], right: readonly Column[], n: number): Column[] {
  const key = keys(node);
  const other = Map.groupBy(node.op === 'or' ? left : right, key);
  const there = (k: string): Uint8Array => {
    const mask = new Uint8Array(n);
    for (const { values } of other.get(k) ?? []) for (let i = 0; i < n; i++) if (values[i] !== MISSING) mask[i] = 1;
    return mask;
  };
  const wanted = node.op === 'and' ? 1 : 0;
  const filtered = (node.op === 'or' ? right : left).map((c) => {
    const mask = there(key(c));
    const values = new Float64Array(n).fill(MISSING);
    for (let i = 0; i < n; i++) if (mask[i] === wanted) values[i] = c.values[i]!;
    return { labels: c.labels, values };
  });
  if (node.op !== 'or') return filtered;
  // Moments of one series may come from either side.
  const out = new Map(left.map((c) => [keyOf(c.labels), { labels: c.labels, values: c.values.slice() }]));
  for (const c of filtered) {
    const same = out.get(keyOf(c.labels));
    if (same === undefined) out.set(keyOf(c.labels), c);
    else for (let i = 0; i < n; i++) if (c.values[i] !== MISSING) same.values[i] = c.values[i]!;
  }
  return [...out.values()];
}
