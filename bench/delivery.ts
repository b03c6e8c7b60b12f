/**
 * What arrives of a failure when its process ends: every client, fault, end, way of making spans and collector, so many tries each, with the
 * packed package installed outside the checkout. Prints one line a cell; the last ones say which cells were not whole.
 *
 *   node bench/delivery.ts [tries] [part of a cell's name …]     (default 20: two hours)
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCells, type Cell, exempt } from '../test/support/delivery/cells.ts';
import { startCollectors } from '../test/support/delivery/collectors.ts';
import { attempt, bare } from '../test/support/delivery/run.ts';
import { fieldApp } from '../test/support/packed.ts';

const [tries = '20', ...parts] = process.argv.slice(2);
const nameOf = (cell: Cell): string => Object.values(cell).join(' ');
const cwd = fieldApp('delivery');
await using collectors = await startCollectors(join(cwd, 'ca.pem'), writeFileSync);
const median = (values: readonly number[]): string =>
  values.toSorted((a, b) => a - b)[values.length >> 1]?.toFixed(1) ?? '–';

console.log(
  'client fault end spans collector | delivered of tried | ms in exit, median and most | lost, counted | same end',
);
let short = 0;
for (const cell of allCells()) {
  const name = nameOf(cell);
  if (parts.some((part) => !name.split(' ').includes(part))) continue;
  const without = await bare(cell, cwd, collectors);
  let arrived = 0;
  let lost = 0;
  let same = 0;
  const times: number[] = [];
  for (let n = 0; n < Number(tries); n++) {
    const tried = await attempt(cell, cwd, collectors);
    arrived += Number(tried.arrived);
    lost += tried.lost;
    same += Number((['code', 'signal', 'stdout', 'stderr'] as const).every((key) => tried.ended[key] === without[key]));
    if (tried.exitMs !== undefined) times.push(tried.exitMs);
  }
  const most = times.length > 0 ? Math.max(...times).toFixed(1) : '–';
  const why = exempt(cell);
  if (why === undefined && arrived < Number(tries)) short++;
  console.log(
    `${name} | ${arrived}/${tries} | ${median(times)} ${most} | ${lost} | ${same}/${tries}${why ? ` (${why})` : ''}`,
  );
}
console.log(`cells that should be whole and are not: ${short}`);
process.exitCode = short > 0 ? 1 : 0;
