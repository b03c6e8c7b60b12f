import { COLLECTORS } from './collectors.ts';

/** What is varied, and its values (issue: a failure that was seen arrives). */
export const AXES = {
  client: ['fetch', 'http'],
  fault: ['refused', '503'],
  end: [
    'dry',
    'uncaught',
    'rejection',
    'exit',
    'exit300',
    'abort',
    'sigterm',
    'sigint',
    'sigkill',
    'blocked',
    'terminate',
    'fork',
    'disconnect',
  ],
  spans: ['own', 'adopted'],
  collector: COLLECTORS,
} as const;
type Axis = keyof typeof AXES;
export type Cell = { readonly [A in Axis]: (typeof AXES)[A][number] };
const NAMES = Object.keys(AXES) as Axis[];

/** Ends after which nothing runs any more, within the turns in which the first call failed. */
const AT_ONCE = new Set<Cell['end']>(['abort', 'blocked', 'terminate']);

/** Every cell of the table. */
export function* allCells(): Generator<Cell> {
  const lists = NAMES.map((name) => AXES[name] as readonly string[]);
  const total = lists.reduce((n, list) => n * list.length, 1);
  for (let n = 0; n < total; n++) {
    let rest = n;
    const values = lists.map((list) => {
      const value = list[rest % list.length]!;
      rest = Math.floor(rest / list.length);
      return value;
    });
    yield Object.fromEntries(NAMES.map((name, i) => [name, values[i]!])) as unknown as Cell;
  }
}

const pairsOf = (cell: Cell): string[] =>
  NAMES.flatMap((a, i) => NAMES.slice(i + 1).map((b) => `${a}=${cell[a]} ${b}=${cell[b]}`));

/** Few cells that have every pair of values together in one of them: greedy, the same each time. */
export function pairwise(): Cell[] {
  const cells = [...allCells()];
  const left = new Set(cells.flatMap(pairsOf));
  const chosen: Cell[] = [];
  while (left.size > 0) {
    const gain = (cell: Cell): number => pairsOf(cell).filter((pair) => left.has(pair)).length;
    const best = cells.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    chosen.push(best);
    for (const pair of pairsOf(best)) left.delete(pair);
  }
  return chosen;
}

/**
 * Why a failure of this cell need not arrive; undefined where all must. `docs/limits.md` has the same sentences, and a silent or refusing
 * collector takes nothing.
 */
export function exempt({ end, spans, collector }: Cell): string | undefined {
  if (collector === 'silent' || collector === 'refusing') return 'the collector takes nothing';
  if (!AT_ONCE.has(end)) return undefined;
  if (collector === 'tls') return 'ends without listeners before the handshake is over';
  if (spans === 'adopted') return 'ends without listeners before the collector has said what it is';
  return undefined;
}
