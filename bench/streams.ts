/**
 * What watching a good streamed answer costs: CPU time of streams of 500 chunks, beside the same without us. Processes take turns, and every round
 * is compared with itself, so that a busy machine troubles both alike. `node bench/streams.ts [rounds]`
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { chat } from '../test/support/streams.ts';
import { program, VARIANTS } from './support/variants.ts';

const CHUNKS = 500;
/** What is promised, as a share of the bare client's time. */
const PROMISED = { fetch: 0.03, http: 0.06 } as const;
const rounds = Number(process.argv[2] ?? 7);
const run = promisify(execFile);

const part = chat('word ');
const server = http.createServer((request, response) => {
  if (request.url !== '/stream') return void request.resume().on('end', () => response.end());
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let i = 0; i < CHUNKS; i++) response.write(part);
  return void response.end('data: [DONE]\n\n');
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const timeOf = async (variant: keyof typeof VARIANTS, client: string): Promise<number> => {
  const { args, options } = program(VARIANTS[variant], 'support/streams.cjs', base, client);
  return Number((await run(process.execPath, args, options)).stdout);
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const client of ['fetch', 'http'] as const) {
  const bare: number[] = [];
  const shares: number[] = [];
  for (let i = 0; i < rounds; i++) {
    // the first of two is at no advantage: they change places
    const [a, b] = i % 2 === 0 ? (['none', 'own'] as const) : (['own', 'none'] as const);
    const times = { [a]: await timeOf(a, client), [b]: await timeOf(b, client) } as Record<'none' | 'own', number>;
    bare.push(times.none);
    shares.push(times.own / times.none - 1);
  }
  const share = median(shares);
  const least = [...shares].sort((a, b) => a - b).map((one) => `${(one * 100).toFixed(1)}`);
  const kept = share <= PROMISED[client] ? 'kept' : 'NOT kept';
  if (kept !== 'kept') process.exitCode = 1;
  console.log(
    `${client}: bare ${median(bare).toFixed(0)} µs a stream of ${CHUNKS} chunks; ours +${(share * 100).toFixed(1)} % (${least.join(' ')}); promised ${PROMISED[client] * 100} %: ${kept}`,
  );
}
server.close();
