/**
 * CPU that each way of making client spans adds to a call, against OpenTelemetry's stock instrumentations with batch processor
 * and OTLP exporter. Each variant is a process of its own and all live side by side, kept on one core where `taskset` is there. They take
 * turns of 400 calls, a tenth of a second each and in another order every time, so that whatever else the machine does slows all of them
 * alike. The engine does not compile two processes alike, not even of the same program: every round starts them anew, and what is printed are
 * medians over the rounds. Each kind of call repeats 400 URLs, one after another on one connection; every failing body has a request ID of its
 * own. `none again` is a second process of nothing: what it seems to add is the noise.
 *
 *   node bench/instrumentation.ts [rounds]     (default 4, three minutes or more; needs `npm run build`)
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { startServer } from './support/calls-server.ts';
import { VARIANTS as BASIC, head, KINDS, type Kind, line, program, type Variant } from './support/variants.ts';

const CALLS = 400;
/** The optimising compiler is done after some thousands of calls of each kind; its threads' CPU would count as ours. */
const WARMUPS = 8;
const TURNS = 6;

const { none, ...others } = BASIC;
const VARIANTS: Readonly<Record<string, Variant>> = { none, 'none again': none, ...others };
const NAMES = Object.keys(VARIANTS);
type Cost = Record<string, Record<Kind, number>>;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length % 2
    ? sorted[sorted.length >> 1]!
    : (sorted[sorted.length / 2 - 1]! + sorted[sorted.length / 2]!) / 2;
};

const server = await startServer();
const { base } = server;
const pinned = spawnSync('taskset', ['-c', '1', 'true']).status === 0 ? ['taskset', '-c', '1'] : [];

function startVariant(name: string): ChildProcess {
  const { args, options } = program(VARIANTS[name]!, 'load.cjs', base, String(CALLS));
  const [command = '', ...rest] = [...pinned, process.execPath, ...args];
  return spawn(command, rest, { ...options, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Lets a process make a block of calls, or none; resolves to the CPU time it had used before, µs. */
async function block(child: ChildProcess, kind?: Kind): Promise<number> {
  child.send(kind?.split(' ') ?? []);
  const [used] = (await once(child, 'message')) as [number];
  return used;
}
const shuffled = <T>(values: readonly T[]): T[] => values.toSorted(() => Math.random() - 0.5);

/** Every variant makes a block of every kind; the CPU time per call, µs. */
async function turn(processes: ReadonlyMap<string, ChildProcess>): Promise<Cost> {
  const cost: Cost = Object.fromEntries(NAMES.map((name) => [name, {}])) as Cost;
  const open = new Map<string, { kind: Kind; from: number }>();
  const next = async (name: string, kind?: Kind) => {
    const used = await block(processes.get(name)!, kind);
    const before = open.get(name);
    if (before) cost[name]![before.kind] = (used - before.from) / CALLS;
    if (kind) open.set(name, { kind, from: used });
  };
  for (const kind of shuffled(KINDS)) for (const name of shuffled(NAMES)) await next(name, kind);
  // what the last blocks left behind is sent
  await new Promise((resolve) => setTimeout(resolve, 400));
  for (const name of NAMES) await next(name);
  return cost;
}

/** Of processes started for it: medians over their turns. */
async function round(): Promise<Cost> {
  const processes = new Map(NAMES.map((name) => [name, startVariant(name)]));
  for (let i = 0; i < WARMUPS; i++) await turn(processes);
  const turns: Cost[] = [];
  for (let i = 0; i < TURNS; i++) turns.push(await turn(processes));
  for (const child of processes.values()) child.disconnect();
  const ofKind = (name: string) => (kind: Kind) => [kind, median(turns.map((cost) => cost[name]![kind]))] as const;
  return Object.fromEntries(NAMES.map((name) => [name, Object.fromEntries(KINDS.map(ofKind(name)))])) as Cost;
}

const rounds = Number(process.argv[2] ?? 4);
const costs: Cost[] = [];
for (let i = 0; i < rounds; i++) costs.push(await round());
server.close();

/** Of the differences within a round: what slows the machine slows both sides of them. */
const added = (name: string, over: string) => (kind: Kind) =>
  median(costs.map((cost) => cost[name]![kind] - cost[over]![kind]));
const share = (name: string, over: string) => (kind: Kind) => added(name, over)(kind) / added('stock', 'none')(kind);
const extra = (client: 'fetch' | 'http') =>
  median(costs.map(({ own }) => own![`${client} fail`] - own![`${client} ok`])) -
  median(costs.map(({ none }) => none![`${client} fail`] - none![`${client} ok`]));

head('µs CPU per call');
for (const name of NAMES) line(name, (kind) => median(costs.map((cost) => cost[name]![kind])), 1);
console.log('\nadded');
for (const name of ['none again', 'stock', 'own']) line(name, added(name, 'none'), 1);
line('adopted, on top of stock', added('stock + adopted', 'stock'), 1);
console.log('\nas a share of what stock adds');
line('own', share('own', 'none'), 2);
line('adopted', share('stock + adopted', 'stock'), 2);
console.log(
  `\na failing call over a good one, own: fetch ${extra('fetch').toFixed(1)} µs, http ${extra('http').toFixed(1)} µs`,
);
