/**
 * CPU that each way of making client spans adds to a call, against OpenTelemetry's stock instrumentations with batch processor
 * and OTLP exporter. Each kind of call repeats 400 URLs, one after another on one connection. Every variant is a process of its own, taken in turn in every round; ratios are medians over the rounds.
 *
 *   node bench/instrumentation.ts [rounds]     (default 4, about a minute; needs `npm run build`)
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const register = join(root, 'dist/instrumentation/register.cjs');
const stock = join(root, 'bench/support/stock.cjs');
const CALLS = 400;
const BLOCKS = 4;

const VARIANTS: Record<string, { preload: string[]; env?: Record<string, string> }> = {
  none: { preload: [] },
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

const failure = JSON.stringify({ error: { code: 'rate_limit_exceeded', message: 'slow down', type: 'requests' } });
const server = createServer((req, res) => {
  if (req.url === '/v1/traces') {
    req.resume().on('end', () => res.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
    return;
  }
  const headers = { 'content-type': 'application/json', 'x-request-id': 'req_0123456789' };
  if (req.url?.startsWith('/fail')) res.writeHead(429, { ...headers, 'retry-after': '1' }).end(failure);
  else res.writeHead(200, headers).end('{"id":"thing"}');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function measure(name: string): Promise<Cost> {
  const { preload, env } = VARIANTS[name]!;
  const args = [
    ...preload.flatMap((p) => ['--require', p]),
    join(root, 'bench/support/load.cjs'),
    base,
    `${CALLS}`,
    `${BLOCKS}`,
  ];
  const { stdout } = await run(process.execPath, args, {
    cwd: root,
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_BSP_SCHEDULE_DELAY: '200', ...env },
  });
  const blocks = JSON.parse(stdout) as Record<keyof Cost, number[]>;
  return Object.fromEntries(KINDS.map((kind) => [kind, median(blocks[kind])])) as Cost;
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
  console.log(cells.map((c, i) => String(typeof c === 'number' ? c.toFixed(2) : c).padEnd(i ? 16 : 18)).join(''));
line('', ...KINDS);
for (const name of Object.keys(VARIANTS))
  line(`${name}, µs CPU`, ...KINDS.map((k) => median(costs.map((c) => c[name]![k]))));
const added =
  (name: string, over = 'none') =>
  (c: Record<string, Cost>, k: keyof Cost) =>
    c[name]![k] - c[over]![k];
const ratios = (title: string, of: ReturnType<typeof added>) =>
  line(title, ...KINDS.map((k) => median(costs.map((c) => of(c, k) / added('stock')(c, k)))));
console.log('\nadded CPU as a share of what stock adds');
ratios('own', added('own'));
ratios('adopted', added('stock + adopted', 'stock'));
const extra = (client: 'fetch' | 'http') =>
  median(costs.map((c) => added('own')(c, `${client} fail`) - added('own')(c, `${client} ok`)));
console.log(
  `\na failing call over a good one, own spans: fetch ${extra('fetch').toFixed(1)} µs, http ${extra('http').toFixed(1)} µs`,
);
