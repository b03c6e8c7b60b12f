/**
 * What watching a good streamed answer costs: CPU time of streams of 500 chunks, beside the same without us. Chunks come as streams bring them, each
 * in a turn of its own, and then all at once: in one read, of which a client makes so little that what any call costs shows. Processes take turns,
 * and every round is compared with itself, so that a busy machine troubles both alike; a second bare process shows what is noise.
 * `node bench/streams.ts [rounds]` (needs `npm run build`)
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { chat } from '../test/support/streams.ts';
import { program, VARIANTS } from './support/variants.ts';

const CHUNKS = 500;
/** What is promised of streams whose chunks come one by one, as a share of the bare client's time. */
const PROMISED = { fetch: 0.03, http: 0.06 } as const;
const rounds = Number(process.argv[2] ?? 7);
const run = promisify(execFile);

const part = chat('word ');
const write = async (response: ServerResponse, atOnce: boolean): Promise<void> => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let i = 0; i < CHUNKS; i++) {
    response.write(part);
    if (!atOnce) await setImmediate();
  }
  response.end('data: [DONE]\n\n');
};
const server = http.createServer((request, response) => {
  if (request.url === '/turns' || request.url === '/once') void write(response, request.url === '/once');
  else request.resume().on('end', () => response.end());
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const WAYS = {
  turns: { path: '/turns', streams: 400, title: 'a chunk a turn' },
  once: { path: '/once', streams: 1000, title: 'all at once' },
} as const;
const timeOf = async (variant: keyof typeof VARIANTS, client: string, way: keyof typeof WAYS): Promise<number> => {
  const { path, streams } = WAYS[way];
  const { args, options } = program(VARIANTS[variant], 'support/streams.cjs', base, client, path, String(streams));
  return Number((await run(process.execPath, args, options)).stdout);
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

for (const way of ['turns', 'once'] as const)
  for (const client of ['fetch', 'http'] as const) {
    const bare: number[] = [];
    const shares: number[] = [];
    const noise: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const times = { first: 0, own: 0, second: 0 };
      // the first of them is at no advantage: they change places
      const order = (['first', 'own', 'second'] as const).map((_, j, all) => all[(i + j) % all.length]!);
      for (const one of order) times[one] = await timeOf(one === 'own' ? 'own' : 'none', client, way);
      const mean = (times.first + times.second) / 2;
      bare.push(mean);
      shares.push(times.own / mean - 1);
      noise.push(Math.abs(times.first / times.second - 1));
    }
    const share = median(shares);
    const said = [`${client}, ${WAYS[way].title}: bare ${median(bare).toFixed(0)} µs a stream of ${CHUNKS} chunks`];
    said.push(
      `ours +${percent(share)} (${shares
        .toSorted((a, b) => a - b)
        .map(percent)
        .join(', ')})`,
    );
    said.push(`${((share * median(bare) * 1000) / CHUNKS).toFixed(0)} ns a chunk`, `noise ±${percent(median(noise))}`);
    if (way === 'turns')
      said.push(`promised ${percent(PROMISED[client])}: ${share <= PROMISED[client] ? 'kept' : 'NOT kept'}`);
    if (way === 'turns' && share > PROMISED[client]) process.exitCode = 1;
    console.log(said.join('; '));
  }
server.close();
