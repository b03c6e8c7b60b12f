import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { OVERFLOW } from '../../src/contract/index.ts';
import { type CollectorProcess, collectorProcess } from '../support/collector-process.ts';
import { hostile, QUIET_SPANS, quiet, SERVICES } from '../support/hostile-load.ts';

// `npm run full:collector` is the same for ten minutes.

const SECONDS = Number(process.env['FAULTLAYER_LOAD_SECONDS'] ?? 20);
const TOKEN = 'a-token-of-the-load-test';
let collector: CollectorProcess;
afterEach(() => collector[Symbol.asyncDispose]());

async function post(body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${collector.otlp}/v1/traces`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  expect(answer.status).toBe(200);
}

it(`70 services × 30 providers × 20 codes beside hostile neighbours for ${SECONDS} s lose nothing`, async () => {
  collector = await collectorProcess({ FAULTLAYER_HTTP_TOKEN: TOKEN });
  const until = performance.now() + SECONDS * 1000;
  const bodies = Array.from({ length: SERVICES }, (_, service) => quiet(service));
  let [rounds, turn, most] = [0, 0, 0];
  for (; turn < 30; turn++) await post(hostile(turn));
  while (rounds === 0 || performance.now() < until) {
    for (const body of bodies) {
      await post(body);
      if (turn % 4 === 0) await post(hostile(turn));
      turn++;
    }
    rounds++;
    await fetch(`${collector.http}/metrics`).then((answer) => answer.arrayBuffer());
    const status = readFileSync(`/proc/${collector.child.pid}/status`, 'utf8');
    most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024);
  }
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
  process.stdout.write(`${rounds} rounds, ${most.toFixed(0)} MiB at most\n`);
  expect(most).toBeLessThan(700);
});
