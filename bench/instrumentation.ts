/**
 * CPU that each way of making client spans adds to a call, against OpenTelemetry's stock instrumentations with batch processor
 * and OTLP exporter. Each kind of call repeats 400 URLs, one after another on one connection; every failing body has a request ID of
 * its own. A process counts by its quietest block, because other work on the machine only ever adds. Every variant is a process of its own, kept on one core where `taskset` is there, all variants in turn in every round; the
 * figures are medians over the rounds. `none again` is a second run of nothing: what it seems to add is the noise.
 *
 *   node bench/instrumentation.ts [rounds]     (default 4, about 80 s; needs `npm run build`)
 */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from './support/calls-server.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const register = join(root, 'dist/instrumentation/register.cjs');
const stock = join(root, 'bench/support/stock.cjs');
const CALLS = 400;
const BLOCKS = 5;
/** The optimising compiler is done after some thousands of calls of each kind; its threads' CPU would count as ours. */
const WARMUPS = 8;

const VARIANTS: Record<string, { preload: string[]; env?: Record<string, string> }> = {
  none: { preload: [] },
  'none again': { preload: [] },
  stock: { preload: [stock] },
  own: { preload: [register], env: { FAULTLAYER_SPANS: 'own' } },
  'stock + adopted': { preload: [register, stock], env: { FAULTLAYER_SPANS: 'adopted' } },
};
const KINDS = ['fetch ok', 'fetch fail', 'http ok', 'http fail'] as const;
type Cost = Record<(typeof KINDS)[number], number>;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length % 2
    ? sorted[sorted.length >> 1]!
    : (sorted[sorted.length / 2 - 1]! + sorted[sorted.length / 2]!) / 2;
};

const server = await startServer();
const { base } = server;
const pinned = spawnSync('taskset', ['-c', '1', 'true']).status === 0 ? ['taskset', '-c', '1'] : [];

async function measure(name: string): Promise<Cost> {
  const { preload, env } = VARIANTS[name]!;
  const [command = '', ...args] = [
    ...pinned,
    process.execPath,
    ...preload.flatMap((p) => ['--require', p]),
    join(root, 'bench/support/load.cjs'),
    base,
    ...[CALLS, BLOCKS, WARMUPS].map(String),
  ];
  const { stdout } = await run(command, args, {
    cwd: root,
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_BSP_SCHEDULE_DELAY: '200', ...env },
  });
  const blocks = JSON.parse(stdout) as Record<keyof Cost, number[]>;
  return Object.fromEntries(KINDS.map((kind) => [kind, Math.min(...blocks[kind])])) as Cost;
}

const rounds = Number(process.argv[2] ?? 4);
const costs: Record<string, Cost>[] = [];
for (let i = 0; i < rounds; i++) {
  const order = Object.keys(VARIANTS).sort(() => Math.random() - 0.5);
  const round: Record<string, Cost> = {};
  for (const name of order) round[name] = await measure(name);
  costs.push(round);
}
server.close();

const line = (...cells: (string | number)[]) =>
  console.log(cells.map((c, i) => String(typeof c === 'number' ? c.toFixed(2) : c).padEnd(i ? 16 : 28)).join(''));
const added = (cost: Record<string, Cost>, name: string, over: string, kind: keyof Cost): number =>
  cost[name]![kind] - cost[over]![kind];
const medians = (title: string, of: (cost: Record<string, Cost>, kind: keyof Cost) => number) =>
  line(title, ...KINDS.map((kind) => median(costs.map((cost) => of(cost, kind)))));

line('µs CPU per call', ...KINDS);
for (const name of Object.keys(VARIANTS)) medians(name, (cost, kind) => cost[name]![kind]);
console.log('\nadded to none');
for (const name of ['none again', 'stock', 'own']) medians(name, (cost, kind) => added(cost, name, 'none', kind));
medians('adopted, on top of stock', (cost, kind) => added(cost, 'stock + adopted', 'stock', kind));
console.log('\nas a share of what stock adds');
const share = (name: string, over: string) => (cost: Record<string, Cost>, kind: keyof Cost) =>
  added(cost, name, over, kind) / added(cost, 'stock', 'none', kind);
medians('own', share('own', 'none'));
medians('adopted', share('stock + adopted', 'stock'));
const extra = (client: 'fetch' | 'http') =>
  median(costs.map((c) => added(c, 'own', 'none', `${client} fail`) - added(c, 'own', 'none', `${client} ok`)));
console.log(
  `\na failing call over a good one, own: fetch ${extra('fetch').toFixed(1)} µs, http ${extra('http').toFixed(1)} µs`,
);
