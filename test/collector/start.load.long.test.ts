import { afterEach, expect, it } from 'vitest';
import { OVERFLOW } from '../../src/contract/index.ts';
import { type CollectorProcess, collectorProcess, KeptConnection } from '../support/collector-process.ts';
import { hostile, QUIET_SPANS, quiet, SERVICES } from '../support/hostile-load.ts';
import { manySenders, rssOf } from '../support/many-senders.ts';

// `npm run full:collector` is the same for ten minutes, with ten thousand senders.

const SECONDS = Number(process.env['FAULTLAYER_LOAD_SECONDS'] ?? 20);
const SENDERS = SECONDS < 60 ? 1000 : 10_000;
const TOKEN = 'a-token-of-the-load-test';
let collector: CollectorProcess;
afterEach(() => collector[Symbol.asyncDispose]());

it(`${SENDERS} senders of 70 services × 30 providers × 20 codes beside hostile neighbours for ${SECONDS} s lose nothing`, async () => {
  collector = await collectorProcess({ FAULTLAYER_HTTP_TOKEN: TOKEN });
  const bodies = Array.from({ length: SERVICES }, (_, service) => quiet(service));
  let [rounds, turn, sent, most] = [0, 0, 0, 0];
  await manySenders(collector, SENDERS, async (open) => {
    /** By another sender each time. One whose connection was closed, idle for a minute, connects again. */
    const post = async (body: string): Promise<void> => {
      const at = sent++ % SENDERS;
      let status = await open[at]!.post(body);
      if (status === 0) {
        open[at] = await KeptConnection.open(collector.otlp);
        status = await open[at].post(body);
      }
      expect(status).toBe(200);
    };
    const until = performance.now() + SECONDS * 1000;
    for (; turn < 30; turn++) await post(hostile(turn));
    while (rounds === 0 || performance.now() < until) {
      for (const body of bodies) {
        await post(body);
        if (turn % 4 === 0) await post(hostile(turn));
        turn++;
      }
      rounds++;
      await fetch(`${collector.http}/metrics`).then((answer) => answer.arrayBuffer());
      most = Math.max(most, rssOf(collector.child.pid!));
    }
  });
  const page = await (await fetch(`${collector.http}/metrics`)).text();
  const lines = page.split('\n').filter((line) => line.includes('service_name="quiet'));
  expect(lines.filter((line) => line.includes(OVERFLOW))).toEqual([]);
  const calls = lines.filter((line) => line.startsWith('api_client_calls_total{'));
  expect(calls.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(rounds * SERVICES * QUIET_SPANS);
  const overflowed = [...page.matchAll(/^faultlayer_overflow_by_service_total\{service_name="([^"]+)"\} [1-9]/gm)];
  expect(overflowed.length).toBeGreaterThan(0);
  for (const [, service] of overflowed) expect(service).toMatch(/^bad/);
  for (let service = 0; service < SERVICES; service++) {
    const answer = await fetch(`${collector.http}/api/failures?service=quiet${service}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect([answer.status, (await answer.text()).includes(`"quiet${service}"`)]).toEqual([200, true]);
  }
  process.stdout.write(`${rounds} rounds, ${sent} bodies, ${most.toFixed(0)} MiB at most\n`);
  expect(most).toBeLessThan(700);
});
