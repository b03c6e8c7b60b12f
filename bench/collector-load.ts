/**
 * The collector at 80 % of what it can take, scraped every second: are all spans counted, and how long does its event loop wait?
 *
 *   npm run build && node bench/collector-load.ts [seconds=20]
 */
import { Agent, request } from 'node:http';
import { parsePage, sumOf } from '../test/support/exposition.ts';
import { protobufBody, seeded, typicalBody } from '../test/support/otlp-spans.ts';
import { startTargets } from './collector/targets.ts';

const seconds = Number(process.argv[2] ?? 20);
const SPANS = 512;
const CONNECTIONS = 8;
const random = seeded(7);
const bodies = Array.from({ length: 32 }, () => Buffer.from(protobufBody(typicalBody(random, SPANS))));
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const [target] = await startTargets(['faultlayer']);
let sent = 0;
let refused = 0;

const post = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const body = bodies[sent % bodies.length]!;
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const req = request({ agent, port: target!.otlpPort, path: '/v1/traces', method: 'POST', headers }, (res) => {
      if (res.statusCode !== 200) refused++;
      res.resume().on('end', resolve);
    });
    req.on('error', reject);
    sent++;
    req.end(body);
  });
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const scrape = async () =>
  parsePage(await fetch(`http://127.0.0.1:${target!.httpPort}/metrics`).then((response) => response.text()));

/** As fast as the connections allow; returns bodies per second. */
async function flatOut(ms: number): Promise<number> {
  const [from, first] = [performance.now(), sent];
  const worker = async (): Promise<void> => {
    while (performance.now() - from < ms) await post();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return ((sent - first) * 1000) / (performance.now() - from);
}

try {
  await flatOut(4000);
  const most = await flatOut(3000);
  const rate = most * 0.8;
  await scrape();
  const delays: number[] = [];
  const began = performance.now();
  const first = sent;
  const pending = new Set<Promise<void>>();
  let nextScrape = 1000;
  for (let at = 0; at < seconds * 1000; at = performance.now() - began) {
    while (sent - first < (at / 1000) * rate) {
      const one = post().finally(() => pending.delete(one));
      pending.add(one);
    }
    if (at >= nextScrape) {
      nextScrape += 1000;
      delays.push(sumOf(await scrape(), 'nodejs_eventloop_lag_p99_seconds') * 1000);
    }
    await sleep(2);
  }
  await Promise.all(pending);
  const counted = sumOf(await scrape(), 'api_client_calls_total');
  delays.sort((a, b) => a - b);
  process.stdout.write(
    `${Math.round((most * SPANS) / 1000)} k spans/s flat out (sender and collector share the cores), then ${Math.round((rate * SPANS) / 1000)} k spans/s for ${seconds} s\n` +
      `${sent * SPANS} spans sent, ${counted} counted, ${sent * SPANS - counted} lost, ${refused} bodies refused\n` +
      `event loop delay p99, by second: median ${delays[delays.length >> 1]!.toFixed(1)} ms, worst ${delays.at(-1)!.toFixed(1)} ms\n`,
  );
  process.exitCode = counted === sent * SPANS ? 0 : 1;
} finally {
  agent.destroy();
  await target!.stop();
}
