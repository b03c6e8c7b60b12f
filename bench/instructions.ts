/**
 * User-space instructions, of all threads, that each way of making client spans adds to a call, against OpenTelemetry's stock instrumentations. The
 * processor's own counters hardly notice what else runs on the machine, where CPU time (bench/peers.ts) needs a quiet hour; but an
 * instruction is no time: what misses the caches costs more. The engine settles in one of several states, some thirty thousand instructions
 * of a fetch apart, so more than one run is needed to tell less. `stock + constants` sets the three attributes that every span of the contract
 * has and stock spans have not, from the stock instrumentations' own hooks: no way of adopting costs less. Two runs of every variant,
 * of 15 000 and of 35 000 calls, are subtracted: start-up and most of the compiling are not counted.
 *
 *   node bench/instructions.ts     (Linux with `perf` and access to its counters; some five minutes; needs `npm run build`)
 */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { startServer } from './support/calls-server.ts';
import {
  VARIANTS as BASIC,
  CONSTANTS,
  head,
  KINDS,
  type Kind,
  line,
  program,
  type Variant,
} from './support/variants.ts';

const run = promisify(execFile);
const CALLS = [15_000, 35_000] as const;
const PERF = ['stat', '-x', ',', '-e', 'instructions:u'];

const probe = spawnSync('perf', [...PERF, 'true'], { encoding: 'utf8' });
if (probe.status !== 0 || !/^\d+,/m.test(probe.stderr)) {
  console.log(`no instructions counted: ${probe.error?.message ?? probe.stderr.trim().split('\n')[0]}`);
  process.exit(0);
}

const VARIANTS: Readonly<Record<string, Variant>> = { ...BASIC, 'stock + constants': CONSTANTS };

const server = await startServer();

async function instructions(name: string, kind: Kind, calls: number): Promise<number> {
  const { args, options } = program(
    VARIANTS[name]!,
    'support/calls.cjs',
    server.base,
    ...kind.split(' '),
    String(calls),
  );
  const { stderr } = await run('perf', [...PERF, process.execPath, ...args], options);
  return Number(/^(\d+),/m.exec(stderr)![1]);
}

/** Thousands of instructions per call. */
const cost: Record<string, Record<string, number>> = {};
for (const name of Object.keys(VARIANTS)) {
  cost[name] = {};
  for (const kind of KINDS) {
    const [few, many] = [await instructions(name, kind, CALLS[0]), await instructions(name, kind, CALLS[1])];
    cost[name][kind] = (many - few) / (CALLS[1] - CALLS[0]) / 1000;
  }
}
server.close();

const added = (name: string, over: string) => (kind: Kind) => cost[name]![kind]! - cost[over]![kind]!;
const share = (name: string, over: string) => (kind: Kind) => added(name, over)(kind) / added('stock', 'none')(kind);

head('thousand instructions a call');
for (const name of Object.keys(VARIANTS)) line(name, (kind) => cost[name]![kind]!, 1);
console.log('\nadded');
line('stock', added('stock', 'none'), 1);
line('own', added('own', 'none'), 1);
line('adopted, on top of stock', added('stock + adopted', 'stock'), 1);
line('three constants, likewise', added('stock + constants', 'stock'), 1);
console.log('\nas a share of what stock adds');
line('own', share('own', 'none'), 2);
line('adopted', share('stock + adopted', 'stock'), 2);
line('three constants', share('stock + constants', 'stock'), 2);
