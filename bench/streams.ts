/**
 * What watching a good streamed answer costs: CPU time of streams of 500 chunks, beside the same without us. Chunks come as streams bring them, each
 * in a turn of its own, and then all at once: in one read, of which a client makes so little that what any call costs shows.
 *
 * The next chunk is written once the client's main thread sleeps again (on Linux), so that every process takes 500 turns for a stream, however busy
 * the machine. V8 makes its young generation 1 to 32 MB large, as it finds fit; of two bare processes the one with the smaller takes up to a fifth
 * more for a stream. So its size is given here, for all.
 *
 * Three processes live at the same time, two bare and one with us, on one core, and read in turn: what troubles the machine troubles all three, and
 * every turn is compared with its neighbours. The second bare one shows what is noise. The engine settles in one of several states, so the three are
 * made anew some times, and the median of all rounds counts.
 *
 * `node bench/streams.ts [rounds [turns [client [way]]]]`: all clients and ways where none is named (needs `npm run build`; `nice -n -20` in front where
 * others use the machine)
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readSync } from 'node:fs';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { chat } from '../test/support/streams.ts';
import { program, VARIANTS } from './support/variants.ts';

const CHUNKS = 500;
/** What is promised of streams whose chunks come one by one, as a share of the bare client's time. */
const PROMISED = { fetch: 0.03, http: 0.06 } as const;
const rounds = Number(process.argv[2] ?? 5);
const turns = Number(process.argv[3] ?? 15);
/** Turns before these, in which processes still become faster, by half and more. */
const SETTLING = 5;
const [onlyClient, onlyWay] = process.argv.slice(4);
/** Where the client cannot be watched it should be done with a chunk by then; where it can, something is wrong if it is not; ms. */
const PACE = process.platform === 'linux' ? 200 : 0.05;
/** V8's young generation, MB. */
const YOUNG = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

/** What Linux tells of a process's main thread: how often it was run, and whether it sleeps. */
function watched({ pid }: ChildProcess) {
  const at = `/proc/${pid}/task/${pid}`;
  const [schedule, state] =
    process.platform === 'linux' ? ['schedstat', 'stat'].map((of) => openSync(`${at}/${of}`, 'r')) : [];
  const bytes = Buffer.alloc(512);
  const read = (file: number): string => bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
  return {
    runs: () => (schedule === undefined ? '' : read(schedule).trim().split(' ')[2]),
    sleeps: () => state !== undefined && / S /.test(read(state).slice(0, 64)),
  };
}
/** Of whoever reads now. */
let reading: ReturnType<typeof watched> | undefined;

const part = chat('word ');
const write = async (response: ServerResponse, atOnce: boolean): Promise<void> => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let i = 0; i < CHUNKS; i++) {
    const ran = atOnce ? undefined : reading?.runs();
    response.write(part);
    const end = performance.now() + PACE;
    while (!atOnce && performance.now() < end) {
      await setImmediate();
      if (reading?.sleeps() && reading.runs() !== ran) break;
    }
  }
  response.end('data: [DONE]\n\n');
};
const server = http.createServer((request, response) => {
  if (request.url === '/turns' || request.url === '/once') void write(response, request.url === '/once');
  else request.resume().on('end', () => response.end());
});
// a kept connection that the server ends just as its client sends again is a reset that nobody expects
server.keepAliveTimeout = 0;
await once(server.listen(0, '127.0.0.1'), 'listening');
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const WAYS = {
  turns: { path: '/turns', streams: 10, title: 'a chunk a turn' },
  once: { path: '/once', streams: 40, title: 'all at once' },
} as const;
type Way = keyof typeof WAYS;
type Client = keyof typeof PROMISED;
type Reader = ChildProcess & { readonly reading: ReturnType<typeof watched> };
interface Turn {
  /** Of CPU time a stream, with all that was done since the streams before. */
  readonly micros: number;
  /** The same, but only until the last stream was read: a call is judged and told later. */
  readonly reading: number;
  readonly pieces: number;
}

/** The clients share the last core, and the server has the others. */
const pinned = process.platform === 'linux' && availableParallelism() > 1;
const core = String(availableParallelism() - 1);

async function start(variant: keyof typeof VARIANTS, client: Client, way: Way): Promise<Reader> {
  const { args, options } = program(VARIANTS[variant], 'support/streams.cjs', base, client, WAYS[way].path);
  const at = args.findIndex((one) => one.endsWith('streams.cjs'));
  const launch = pinned
    ? { execPath: 'taskset', execArgv: ['-c', core, process.execPath, ...YOUNG, ...args.slice(0, at)] }
    : { execArgv: [...YOUNG, ...args.slice(0, at)] };
  // spans leave as they do by default, not after every stream
  const env = { ...options.env, OTEL_BSP_SCHEDULE_DELAY: '5000' };
  const child = fork(args[at]!, args.slice(at + 1), { ...options, ...launch, env });
  reading = watched(child);
  await once(child, 'message');
  return Object.assign(child, { reading });
}
async function turn(child: Reader, streams: number): Promise<Turn> {
  reading = child.reading;
  child.send(streams);
  return (await once(child, 'message'))[0] as Turn;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Of one set of three processes: what ours took more than bare, turn by turn, and the second bare one. */
async function round(client: Client, way: Way, first: number) {
  const names = (['none', 'own', 'none'] as const).map((_, i, all) => (i + first) % all.length);
  const children: Reader[] = [];
  for (const i of names) children[i] = await start(i === 1 ? 'own' : 'none', client, way);
  const shares: number[] = [];
  const reading: number[] = [];
  const noise: number[] = [];
  const bare: number[] = [];
  const pieces: number[] = [];
  for (let i = -SETTLING; i < turns; i++) {
    const times: Turn[] = [];
    // none of them is at an advantage: they change places
    for (const j of names) {
      const next = (j + i + SETTLING) % 3;
      times[next] = await turn(children[next]!, WAYS[way].streams);
    }
    if (i < 0) continue;
    const [one, own, other] = times as [Turn, Turn, Turn];
    const mean = (one.micros + other.micros) / 2;
    shares.push(own.micros / mean - 1);
    reading.push((2 * own.reading) / (one.reading + other.reading) - 1);
    noise.push(one.micros / other.micros - 1);
    bare.push(mean);
    pieces.push(one.pieces);
  }
  for (const child of children) {
    child.kill();
    await once(child, 'exit');
  }
  return {
    share: median(shares),
    reading: median(reading),
    noise: median(noise),
    bare: median(bare),
    pieces: median(pieces),
  };
}

for (const way of ['turns', 'once'] as const)
  for (const client of ['fetch', 'http'] as const) {
    if ((onlyClient ?? client) !== client || (onlyWay ?? way) !== way) continue;
    const found: Awaited<ReturnType<typeof round>>[] = [];
    for (let i = 0; i < rounds; i++) found.push(await round(client, way, i));
    const share = median(found.map((one) => one.share));
    const bare = median(found.map((one) => one.bare));
    const of = (what: 'share' | 'reading') =>
      found
        .map((one) => one[what])
        .toSorted((a, b) => a - b)
        .map(percent)
        .join(', ');
    const said = [
      `${client}, ${WAYS[way].title}: bare ${bare.toFixed(0)} µs a stream of ${median(found.map((one) => one.pieces))} pieces`,
      `ours +${percent(share)} (${of('share')})`,
      `until it was read +${percent(median(found.map((one) => one.reading)))} (${of('reading')})`,
      `${(share * bare).toFixed(0)} µs a stream, ${((share * bare * 1000) / CHUNKS).toFixed(0)} ns a chunk`,
      `noise ±${percent(median(found.map((one) => Math.abs(one.noise))))}`,
    ];
    if (way === 'turns')
      said.push(`promised ${percent(PROMISED[client])}: ${share <= PROMISED[client] ? 'kept' : 'NOT kept'}`);
    if (way === 'turns' && share > PROMISED[client]) process.exitCode = 1;
    console.log(said.join('; '));
  }
server.close();
