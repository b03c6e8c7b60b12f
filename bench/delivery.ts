/**
 * What arrives of a failure when its process ends: every client, fault, end, way of making spans and collector, so many tries each, with the
 * packed package installed outside the checkout. Prints one line a cell; the last ones say which cells were not whole.
 *
 *   node bench/delivery.ts [tries] [part of a cell's name …]     (default 20)
 *   npm run full:delivery      twenty tries of every cell, and writes bench/results/delivery.json (most of an hour on two cores)
 *
 * Where the collector takes nothing, how the process ends is the only question: a quarter of the tries.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allCells, type Cell, exempt } from '../test/support/delivery/cells.ts';
import { startCollectors } from '../test/support/delivery/collectors.ts';
import { attempt, bare } from '../test/support/delivery/run.ts';
import { fieldApp } from '../test/support/packed.ts';
import { digestOf, writeResult } from './support/result.ts';

/** What sends a failure, and what decides when. */
const JUDGES = ['instrumentation/export/**/*.ts', 'instrumentation/{start,lifecycle}.ts', 'test/support/delivery/*.ts'];
/** A try mostly waits, for a process to end or for what is with the kernel. */
const AT_ONCE = availableParallelism() + 1;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const [tries = '20', ...parts] = positionals;
const before = digestOf(JUDGES);
const cwd = fieldApp('delivery');
await using collectors = await startCollectors(join(cwd, 'ca.pem'), writeFileSync);

export interface Row {
  readonly cell: string;
  readonly arrived: number;
  readonly tries: number;
  /** Milliseconds in the exit listener, median and most; missing where no listener ran. */
  readonly exitMs?: readonly [number, number];
  readonly lost: number;
  /** Tries that ended with the code, signal and output that they have without us. */
  readonly same: number;
  /** Why it need not arrive. */
  readonly exempt?: string;
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

const takesNothing = ({ collector }: Cell): boolean => collector === 'silent' || collector === 'refusing';

async function rowOf(cell: Cell): Promise<Row> {
  const without = await bare(cell, cwd, collectors);
  let [arrived, lost, same] = [0, 0, 0];
  const times: number[] = [];
  const count = takesNothing(cell) ? Math.ceil(Number(tries) / 4) : Number(tries);
  for (let n = 0; n < count; n++) {
    const tried = await attempt(cell, cwd, collectors);
    arrived += Number(tried.arrived);
    lost += tried.lost;
    same += Number((['code', 'signal', 'stdout', 'stderr'] as const).every((key) => tried.ended[key] === without[key]));
    if (tried.exitMs !== undefined) times.push(tried.exitMs);
  }
  times.sort((a, b) => a - b);
  const why = exempt(cell);
  return {
    cell: Object.values(cell).join(' '),
    arrived,
    tries: count,
    ...(times.length > 0 && { exitMs: [round(times[times.length >> 1]!), round(times.at(-1)!)] as const }),
    lost,
    same,
    ...(why !== undefined && { exempt: why }),
  };
}

const wanted = [...allCells()].filter((cell) =>
  parts.every((part) => (Object.values(cell) as string[]).includes(part)),
);
const queue = wanted.values();
const rows: Row[] = [];
console.log(
  'client fault end spans collector | delivered of tried | ms in exit, median and most | lost, counted | same end',
);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const cell of queue) {
      const row = await rowOf(cell);
      rows.push(row);
      const { cell: name, arrived, tries: count, exitMs = ['–', '–'], lost, same, exempt: why } = row;
      console.log(
        `${name} | ${arrived}/${count} | ${exitMs.join(' ')} | ${lost} | ${same}/${count}${why ? ` (${why})` : ''}`,
      );
    }
  }),
);
const short = rows.filter((row) => row.exempt === undefined && row.arrived < row.tries);
const other = rows.filter((row) => row.same < row.tries);
console.log(
  `cells that should be whole and are not: ${short.length}; that end otherwise than without us: ${other.length}`,
);
if (values.write && before === digestOf(JUDGES))
  writeResult(
    'delivery',
    JUDGES,
    rows.toSorted((a, b) => a.cell.localeCompare(b.cell)),
  );
process.exitCode = short.length > 0 ? 1 : 0;
