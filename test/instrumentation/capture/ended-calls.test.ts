import http from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { CallSink } from '../../../instrumentation/judge/index.ts';
import { captured } from '../../support/captured.ts';
import { limit } from '../../support/limits.ts';
import { httpServer, type Listening } from '../../support/servers.ts';

let api: Listening;
let url: string;
beforeAll(async () => {
  api = await httpServer((req, res) => {
    req.resume();
    const status = Number(req.url!.slice(1, 4));
    if (status === 0) return req.socket.destroy();
    const headers = {
      'content-type': 'application/json',
      'x-request-id': `req_${req.url!.slice(1)}`,
      location: '/200',
    };
    return res.writeHead(status, headers).end('{"error":{"code":"card_declined"}}');
  });
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(() => api[Symbol.asyncDispose]());
// the delay passes when a test says so, however slow the machine
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const noted: string[] = [];
/** A sink like that of own spans, and what it can still read when it is told. */
const waits = (): Partial<CallSink> & { read: unknown[] } => {
  const read: unknown[] = [];
  return {
    read,
    start(call) {
      call.mayWait = true;
    },
    noted: (call) => void noted.push(call.path),
    end: (call, { evidence }) =>
      read.push([
        call.path,
        call.requestHeader('x-mine'),
        call.requestHeader('content-length'),
        call.responseHeader('x-request-id'),
        evidence?.code,
        [...call.requestHeaderNames()].includes('x-mine'),
      ]),
  };
};
const post = (path: string) =>
  fetch(url + path, { method: 'POST', body: 'four', headers: { 'x-mine': 'mine' }, redirect: 'manual' }).then(
    (answer) => answer.text(),
    () => undefined,
  );
const viaHttp = (path: string) =>
  new Promise<void>((resolve) => {
    const headers = { 'x-mine': 'mine', 'content-length': 4 };
    const request = http.request(url + path, { method: 'POST', headers }, (answer) =>
      answer.resume().on('close', resolve),
    );
    request.on('error', () => resolve()).end('four');
  });

for (const [name, make] of [
  ['fetch', post],
  ['http', viaHttp],
] as const)
  test(`${name}: an answered call is told a moment later, with everything it would have told at once`, async () => {
    const sink = waits();
    using seen = captured({}, sink);
    await make('/200');
    while (seen.capture.open > 0) await turn();
    expect(sink.read).toEqual([]);
    // the first of them are told at once, the others are not
    for (let n = 0; n < 8; n++) await make('/503');
    sink.read.length = 0;
    seen.ended.length = 0;
    await make('/200');
    await Promise.all([make('/402'), make('/500')]);
    while (seen.capture.open > 0) await turn();
    vi.advanceTimersByTime(1000);
    expect(sink.read.toSorted()).toEqual([
      ['/200', 'mine', '4', 'req_200', undefined, true],
      ['/402', 'mine', '4', 'req_402', 'card_declined', true],
      ['/500', 'mine', '4', 'req_500', 'card_declined', true],
    ]);
    expect(seen.ended.map((e) => e.told).toSorted()).toEqual([
      'failed payload http.error yes',
      'failed service http.error yes',
      'ok yes',
    ]);
    expect(seen.faults).toEqual([]);
  });

test('the first failures of a quiet time are told at their ends, and all that ended before it', async () => {
  const sink = waits();
  using seen = captured({}, sink);
  for (const path of ['/200', '/503', '/200']) await post(path);
  while (seen.capture.open > 0) await turn();
  expect(sink.read.map((r) => (r as string[])[0])).toEqual(['/200', '/503']);
});

test('what may be repeated at once is noted at its end', async () => {
  noted.length = 0;
  using _ = captured({}, waits());
  for (const path of ['/200', '/402', '/503']) await post(path);
  expect(noted).toEqual(['/402', '/503']);
});

test.each(['/302', '/000'])('%s, which tells at once, comes after all that ended before it', async (path) => {
  const sink = waits();
  using seen = captured({}, sink);
  await post('/200');
  await post('/201');
  expect(seen.ended).toEqual([]);
  await post(path);
  expect(sink.read.map((r) => (r as string[])[0])).toEqual(['/200', '/201', path]);
});

test('one call that must be known now tells of those before it too', async () => {
  const sink = waits();
  const calls: { settle(): void; pending: boolean }[] = [];
  using _ = captured(
    {},
    {
      ...sink,
      start(call) {
        call.mayWait = true;
        calls.push(call);
      },
    },
  );
  await post('/200');
  await post('/201');
  expect(calls.map((c) => c.pending)).toEqual([true, true]);
  calls[1]!.settle();
  expect(sink.read).toHaveLength(2);
  expect(calls.map((c) => c.pending)).toEqual([false, false]);
});

test.each(['settle', 'drain', 'stop'] as const)('%s tells of all', async (way) => {
  const sink = waits();
  using seen = captured({}, sink);
  await post('/200');
  seen.capture[way]();
  expect(sink.read).toHaveLength(1);
});

limit('told together', async () => {
  const sink = waits();
  using seen = captured({}, sink);
  await Promise.all(Array.from({ length: 64 }, () => post('/200')));
  // a full batch does not wait for the clock
  expect(sink.read).toHaveLength(64);
  await post('/200');
  expect(sink.read).toHaveLength(64);
  expect(seen.capture.open).toBe(0);
});

test('a call that cannot be told costs the others nothing', async () => {
  let told = 0;
  using seen = captured(
    {},
    {
      start(call) {
        call.mayWait = true;
      },
      end() {
        if (++told === 2) throw new Error('broken sink');
      },
    },
  );
  for (const path of ['/200', '/200', '/200']) await post(path);
  seen.capture.settle();
  expect(told).toBe(3);
  expect(seen.faults).toEqual(['settle']);
});
