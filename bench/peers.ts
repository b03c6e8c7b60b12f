/**
 * CPU time of the whole process that each way of tracing outbound calls adds to a call: OpenTelemetry's stock instrumentations, its
 * auto-instrumentations, Elastic's distribution, dd-trace, Sentry, and faultlayer making its own spans or adopting those of stock. Every process
 * makes one kind of call: its first calls (cold), then more that are not counted, then the counted warm ones. Processes run one after another on
 * the server's core, because to wake another one takes as much as half a call, or nothing. Each round takes all variants in another order. Printed are
 * medians over the rounds of the difference to the mean of both bare processes of the same round, half of the spread of the rounds, and what the
 * second bare process seems to add: noise.
 *
 *   node bench/peers.ts [--rounds 5] [--concurrency 1,32] [--only stock,own] [--calls 10000] [--raw file] [--short]     (needs `npm run build`)
 *
 * `--calls`: so many cold and as many warm ones, with half as many again between. `--raw`: every process's figures are appended to this file as it ends;
 * with `--rounds 0` the tables are printed from what stands there. `--short`: one round, a tenth of the calls, no peers that need an installation.
 * New Relic does not trace without its service: left out.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startServer } from './support/calls-server.ts';
import { FLOORS, PEERS, program, VARIANTS, type Variant } from './support/variants.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    concurrency: { type: 'string', default: '1' },
    only: { type: 'string' },
    calls: { type: 'string' },
    raw: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds ?? (values.short ? 1 : 5));
const calls = Number(values.calls ?? (values.short ? 1_000 : 10_000));
const [COLD, WARM_UP, WARM] = [calls, calls * 1.5, calls];
const KINDS = ['fetch ok', 'fetch fail', 'fetch mixed', 'http ok', 'http fail', 'http mixed'] as const;
type Kind = (typeof KINDS)[number];

const { none, ...ours } = VARIANTS;
const everybody: Readonly<Record<string, Variant>> = { none, 'none again': none, ...ours, ...FLOORS, ...PEERS };
const asked = values.only?.split(',');
const names = Object.keys(everybody).filter((name) =>
  asked === undefined
    ? !(values.short && everybody[name]!.peer)
    : ['none', 'none again', 'stock', ...asked].includes(name),
);

/** bench/peers with its packages, outside the checkout's own node_modules. */
function peersFolder(): string {
  const folder = join(root, '.cache/bench-peers');
  if (!existsSync(join(folder, 'node_modules/dd-trace'))) {
    mkdirSync(folder, { recursive: true });
    cpSync(join(root, 'bench/peers'), folder, { recursive: true });
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  }
  return folder;
}
const peers = names.some((name) => everybody[name]!.peer) ? peersFolder() : root;

interface Raw extends Cost {
  readonly name: string;
  readonly kind: Kind;
  readonly concurrency: number;
  readonly round: string;
}
interface Cost {
  readonly cold: number;
  readonly warm: number;
  readonly gc: number;
  readonly rss: number;
}
spawnSync('taskset', ['-a', '-cp', '1', String(process.pid)]);
const server = await startServer();

async function cost(name: string, kind: Kind, concurrency: number): Promise<Cost> {
  const variant = everybody[name]!;
  const counts = [concurrency, COLD, WARM_UP, WARM].map(String);
  const { args, options } = program(variant, 'peers/calls.cjs', server.base, ...kind.split(' '), ...counts);
  // a peer's package is found from the folder it runs in, and by its preload from NODE_PATH
  const place = variant.peer
    ? { cwd: peers, env: { ...options.env, NODE_PATH: join(peers, 'node_modules') } }
    : options;
  const { stdout } = await run(process.execPath, args, { ...place, maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Cost;
}

const median = (list: readonly number[]): number => {
  const sorted = list.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};
const shuffled = <T>(list: readonly T[]): T[] => list.toSorted(() => Math.random() - 0.5);
const row = (title: string, cells: readonly string[]) =>
  console.log(title.padEnd(24) + cells.map((cell) => cell.padEnd(16)).join(''));

/** By round, variant and kind: what was measured now or stands in the file of `--raw`; a kind of a round counts once all its variants have been run. */
const raw: Raw[] = [];
if (values.raw !== undefined && rounds === 0)
  for (const text of readFileSync(values.raw, 'utf8').trim().split('\n')) raw.push(JSON.parse(text) as Raw);
const begun = String(process.hrtime.bigint());
const concurrencies = values.concurrency.split(',').map(Number);
for (let round = 0; round < rounds; round++)
  for (const concurrency of concurrencies)
    for (const kind of KINDS)
      for (const name of shuffled(names)) {
        const one = { name, kind, concurrency, round: `${begun}.${round}`, ...(await cost(name, kind, concurrency)) };
        raw.push(one);
        if (values.raw !== undefined) appendFileSync(values.raw, `${JSON.stringify(one)}\n`);
      }

const PARTS = {
  cold: 'CPU µs a call, cold',
  warm: 'CPU µs a call, warm',
  gc: 'µs of GC a warm call',
  rss: 'MiB of RSS',
} as const;
for (const concurrency of concurrencies) {
  const of = (kind: Kind): Record<string, Cost>[] =>
    Object.values(Object.groupBy(raw, (one) => one.round))
      .map((all) => all!.filter((one) => one.kind === kind && one.concurrency === concurrency))
      .map((all) => Object.fromEntries(all.map((one) => [one.name, one])))
      .filter((costs) => names.every((name) => costs[name] !== undefined));
  /** Against the mean of both bare processes, of which the second against the first is noise. */
  const added = (name: string, kind: Kind, part: keyof Cost, over = 'none') =>
    of(kind).map((costs) => {
      const bare =
        name === 'none again' ? costs['none']![part] : (costs['none']![part] + costs['none again']![part]) / 2;
      return costs[name]![part] - (over === 'none' ? bare : costs[over]![part]);
    });
  const kinds = KINDS.filter((kind) => of(kind).length > 0);
  if (kinds.length === 0) continue;
  const shown = (list: readonly number[]): string => {
    const middle = median(list);
    return `${middle.toFixed(0)} ±${median(list.map((value) => Math.abs(value - middle))).toFixed(0)}`;
  };
  for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
    const counts = [...new Set(kinds.map((kind) => of(kind).length))].join(' or ');
    console.log(`\n${PARTS[part]}, concurrency ${concurrency}, ${counts} round(s) of ${calls} calls`);
    row('', kinds);
    row(
      'bare',
      kinds.map((kind) => median(of(kind).map((costs) => costs['none']![part])).toFixed(0)),
    );
    for (const name of names.slice(1))
      row(
        `+ ${name}`,
        kinds.map((kind) => shown(added(name, kind, part))),
      );
    if (part === 'gc' || part === 'rss') continue;
    const share = (name: string, over: string) => (kind: Kind) =>
      (median(added(name, kind, part, over)) / median(added('stock', kind, part))).toFixed(2);
    console.log('as a share of what stock adds');
    for (const name of names.slice(2))
      row(
        name === 'stock + adopted' ? 'adopted, over stock' : name,
        kinds.map(share(name, name === 'stock + adopted' ? 'stock' : 'none')),
      );
  }
}
server.close();
