/**
 * The collector at 80 % of what it can take, scraped every second, with 70 services of 600 combinations each and neighbours that make values up:
 * are all spans counted, how long does a scrape take, and how long does the event loop wait?
 *
 *   npm run build && node bench/collector-load.ts [seconds=20] [--write]
 *
 * Exits 1 when spans are lost or memory passes its limit. `--write`, for `npm run full:collector`, writes bench/results/collector.json unless so.
 */
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { parsePage, sumOf } from '../test/support/exposition.ts';
import { HOSTILE_SPANS, hostile, QUIET_SPANS, quiet, SERVICES } from '../test/support/hostile-load.ts';
import { protobufBody, seeded, typicalBody } from '../test/support/otlp-spans.ts';
import type { Scrape } from './collector/scraper.ts';
import { rssMiB, startTargets } from './collector/targets.ts';
import { writeResult } from './support/result.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const seconds = Number(positionals[0] ?? 20);
const SEED = 7;
/** As in test/collector/start.load.long.test.ts. */
const RSS_LIMIT_MIB = 870;
/** All that takes part: the pages and the OpenTelemetry Collector's configuration do not. */
const JUDGES = [
  'bench/collector-load.ts',
  'bench/collector/scraper.ts',
  'collector/*.ts',
  'collector/{base,evidence,metrics,otlp}/**/*.ts',
  'src/{aggregate,evidence}/**/*.ts',
  'test/support/hostile-load.ts',
];
const SPANS = 512;
const CONNECTIONS = 8;
/** Of so many bodies one is a hostile neighbour's. */
const HOSTILE_EVERY = 20;
const random = seeded(SEED);
const bodies = Array.from({ length: 32 }, () => Buffer.from(protobufBody(typicalBody(random, SPANS))));
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const [target] = await startTargets(['faultlayer']);
const metrics = `http://127.0.0.1:${target!.httpPort}/metrics`;
let [sent, spans, refused] = [0, 0, 0];

function post(body: Buffer | string, held: number): Promise<void> {
  sent++;
  spans += held;
  const type = typeof body === 'string' ? 'application/json' : 'application/x-protobuf';
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const req = request({ agent, port: target!.otlpPort, path: '/v1/traces', method: 'POST', headers }, (res) => {
      if (res.statusCode !== 200) refused++;
      res.resume().on('end', resolve);
    });
    req.on('error', reject).end(body);
  });
}
const next = (): Promise<void> =>
  sent % HOSTILE_EVERY === 0 ? post(hostile(sent), HOSTILE_SPANS) : post(bodies[sent % bodies.length]!, SPANS);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** As fast as the connections allow; returns bodies per second. */
async function flatOut(ms: number): Promise<number> {
  const [from, first] = [performance.now(), sent];
  const worker = async (): Promise<void> => {
    while (performance.now() - from < ms) await next();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return ((sent - first) * 1000) / (performance.now() - from);
}

/** At this rate for so long; returns the most MiB that were resident. */
async function steadily(rate: number, ms: number): Promise<number> {
  const [began, first] = [performance.now(), sent];
  const pending = new Set<Promise<void>>();
  let most = 0;
  for (let at = 0; at < ms; at = performance.now() - began) {
    while (sent - first < (at / 1000) * rate) {
      const one = next().finally(() => pending.delete(one));
      pending.add(one);
    }
    most = Math.max(most, rssMiB(target!.pid));
    await sleep(2);
  }
  await Promise.all(pending);
  return most;
}

const quantile = (sorted: readonly number[], q: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]! * 10) / 10;

try {
  for (let service = 0; service < SERVICES; service++) await post(quiet(service), QUIET_SPANS);
  await flatOut(4000);
  const most = await flatOut(3000);
  const rate = most * 0.8;
  const scraper = new Worker(new URL('./collector/scraper.ts', import.meta.url), { workerData: metrics });
  const scrapes: Scrape[] = [];
  scraper.on('message', (scrape: Scrape) => void scrapes.push(scrape));
  const rss = await steadily(rate, seconds * 1000);
  while (scrapes.length === 0) await sleep(10);
  await scraper.terminate();
  const counted = sumOf(parsePage(await (await fetch(metrics)).text()), 'api_client_calls_total');
  const [took, lag] = (['ms', 'lagMs'] as const).map((key) => scrapes.map((s) => s[key]).toSorted((a, b) => a - b));
  const row = {
    seconds,
    spansPerSecond: Math.round(rate * SPANS),
    spans,
    lost: spans - counted,
    refused,
    scrapeMs: { median: quantile(took!, 0.5), p99: quantile(took!, 0.99) },
    eventLoopP99Ms: { median: quantile(lag!, 0.5), p99: quantile(lag!, 0.99) },
    pageBytes: Math.max(...scrapes.map(({ bytes }) => bytes)),
    rssMiB: Math.round(rss),
  };
  process.stdout.write(
    `${Math.round((most * SPANS) / 1000)} k spans/s flat out (sender and collector share the cores), then ${Math.round((rate * SPANS) / 1000)} k spans/s for ${seconds} s\n` +
      `${spans} spans sent, ${counted} counted, ${row.lost} lost, ${refused} bodies refused, ${row.rssMiB} MiB at most\n` +
      `a scrape of ${(row.pageBytes / 1e6).toFixed(1)} MB: median ${row.scrapeMs.median} ms, p99 ${row.scrapeMs.p99} ms\n` +
      `event loop delay p99, by second: median ${row.eventLoopP99Ms.median} ms, p99 ${row.eventLoopP99Ms.p99} ms\n`,
  );
  const isSound = row.lost === 0 && row.rssMiB < RSS_LIMIT_MIB;
  if (values.write && isSound) writeResult('collector', JUDGES, [row], SEED);
  process.exitCode = isSound ? 0 : 1;
} finally {
  agent.destroy();
  await target!.stop();
}
