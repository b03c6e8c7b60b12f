import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, RetryAgent, request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpanRecord } from '../../instrumentation/span/record.ts';
import { type Handle, start } from '../../instrumentation/start.ts';
import { otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { runNode } from '../support/run-node.ts';
import { httpServer, type Listening } from '../support/servers.ts';
import { waitFor } from '../support/wait-for.ts';

/** Answers of `/name/…` in turn; the last one stays. `200` when nothing is said. */
const answers = new Map<string, { status: number; headers?: Record<string, string> }[]>();
let api: Listening;
let url: string;
let handle: Handle;
let spans: SpanRecord[] = [];

beforeAll(async () => {
  api = await httpServer((req, res) => {
    req.resume();
    const list = answers.get(req.url!) ?? [];
    const next = list.length > 1 ? list.shift()! : (list[0] ?? { status: 200 });
    if (next.status === 0) return req.socket.destroy();
    return res.writeHead(next.status, next.headers).end('answer');
  });
  url = `http://127.0.0.1:${api.port}`;
  handle = start({ env: { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_SPANS: 'own' }, onSpan: (s) => spans.push(s) })!;
});
afterAll(async () => {
  await handle.stop();
  await api[Symbol.asyncDispose]();
});
beforeEach(() => {
  spans = [];
  answers.clear();
});
afterEach(() => expect([...handle.faults]).toEqual([]));

const fails = (path: string, ...statuses: (number | [number, Record<string, string>])[]) =>
  answers.set(
    path,
    statuses.map((s) => (typeof s === 'number' ? { status: s } : { status: s[0], headers: s[1] })),
  );
const call = async (path: string, init?: RequestInit) => {
  try {
    const response = await fetch(url + path, init);
    await response.text();
    return response.status;
  } catch {
    return 0;
  }
};
const seen = async (count: number) => {
  await waitFor(() => spans.length >= count, `${count} spans`);
  expect(spans).toHaveLength(count);
  return spans;
};
const counts = () => spans.map((s) => s.attributes['http.request.resend_count']);
const kinds = () => spans.map((s) => s.attributes['api.retry.kind']);

describe('the next attempt', () => {
  it('is recognised in a loop, numbered and linked to the one before', async () => {
    fails('/loop', 503, 503, 200);
    while ((await call('/loop')) !== 200);
    const [first, second, third] = await seen(3);
    expect(counts()).toEqual([undefined, 1, 2]);
    expect(kinds()).toEqual([undefined, 'safe', 'safe']);
    expect(first!.links).toEqual([]);
    expect(second!.links).toEqual([{ traceId: first!.traceId, spanId: first!.spanId }]);
    expect(third!.links).toEqual([{ traceId: second!.traceId, spanId: second!.spanId }]);
    await call('/loop');
    await seen(4);
    expect(counts()[3]).toBeUndefined(); // the one before had succeeded
  });

  it('is recognised over node:http and after a dropped connection', async () => {
    fails('/dropped', 0, 200);
    const get = () =>
      new Promise<number>((resolve) => {
        http
          .get(`${url}/dropped`, (res) => res.resume().on('end', () => resolve(res.statusCode!)))
          .on('error', () => resolve(0));
      });
    while ((await get()) !== 200);
    await seen(2);
    expect(counts()).toEqual([undefined, 1]);
  });

  it('is recognised through undici’s RetryAgent', async () => {
    fails('/agent', 503, 503, 200);
    const dispatcher = new RetryAgent(new Agent(), { minTimeout: 1, maxTimeout: 5, timeoutFactor: 1 });
    const answer = await request(`${url}/agent`, { dispatcher });
    await answer.body.text();
    await dispatcher.close();
    await seen(3);
    expect(counts()).toEqual([undefined, 1, 2]);
  });

  it('is recognised behind a redirect', async () => {
    fails('/old', [302, { location: '/new' }]);
    await call('/old');
    const [first, second] = await seen(2);
    expect(counts()).toEqual([undefined, 1]);
    expect(kinds()).toEqual([undefined, 'safe']);
    expect(second!.links).toEqual([{ traceId: first!.traceId, spanId: first!.spanId }]);
  });

  it('says which host’s redirect dropped the credential', async () => {
    await using elsewhere = await httpServer((_, res) => res.writeHead(401).end());
    fails('/here', [302, { location: `http://127.0.0.1:${elsewhere.port}/there` }]);
    await call('/here', { headers: { authorization: 'Bearer abc' } });
    const [first, second] = await seen(2);
    expect(first!.attributes['api.auth.dropped_by']).toBeUndefined();
    expect(second!.attributes['api.auth.scheme']).toBe('none');
    expect(second!.attributes['api.auth.dropped_by']).toBe('127.0.0.1');
  });

  it('is counted as its SDK counts it', async () => {
    await call('/sdk', { method: 'POST', headers: { 'x-stainless-retry-count': '2' } });
    await call('/aws', { headers: { 'amz-sdk-invocation-id': 'one', 'amz-sdk-request': 'attempt=1; max=3' } });
    await call('/aws', { headers: { 'amz-sdk-invocation-id': 'one', 'amz-sdk-request': 'attempt=2; max=3' } });
    const all = await seen(3);
    expect(counts()).toEqual([2, undefined, 1]);
    expect(all[2]!.links).toEqual([{ traceId: all[1]!.traceId, spanId: all[1]!.spanId }]);
  });

  it('belongs to one flow: another flow’s write is not a repeat, and parallel retries pair one to one', async () => {
    fails('/flows', 500, 500, 500, 200);
    const once = () => call('/flows', { method: 'POST', body: 'x' });
    await Promise.all([once(), once()]); // two flows fail and give up
    await new Promise<void>((resolve) => setImmediate(resolve));
    await seen(2);
    expect(counts()).toEqual([undefined, undefined]);

    fails('/parallel', 503, 503, 503, 200);
    const retried = async () => {
      while ((await call('/parallel')) !== 200);
    };
    await Promise.all([retried(), retried(), retried()]);
    await seen(8);
    expect(counts().slice(2).toSorted()).toEqual([1, 1, 1, undefined, undefined, undefined]);
  });
});

describe('what it sends decides', () => {
  type Write = (path: string, body: string, headers?: Record<string, string>) => Promise<number>;
  const post: Write = (path, body, headers) => call(path, { method: 'POST', body, headers: headers ?? {} });
  const httpPost: Write = (path, body, headers = {}) =>
    new Promise<number>((resolve) => {
      const options = { method: 'POST', headers: { 'content-length': Buffer.byteLength(body), ...headers } };
      http
        .request(url + path, options, (res) => res.resume().on('end', () => resolve(res.statusCode!)))
        .on('error', () => resolve(0))
        .end(body);
    });
  const httpPieces: Write = (path, body) =>
    new Promise<number>((resolve) => {
      const made = http.request(url + path, { method: 'POST' }, (res) =>
        res.resume().on('end', () => resolve(res.statusCode!)),
      );
      made.write(Buffer.from(body.slice(0, 3)));
      made.end(body.slice(3));
    });
  const undiciPost: Write = async (path, body) => {
    const { statusCode, body: answer } = await request(url + path, { method: 'POST', body });
    await answer.text();
    return statusCode;
  };
  const clients: [string, Write][] = [
    ['fetch', post],
    ['fetch with bytes', (path, body) => call(path, { method: 'POST', body: Buffer.from(body) })],
    ['http', httpPost],
    ['http in pieces', httpPieces],
    ['undici', undiciPost],
  ];

  it.each(clients)('%s: a loop of other writes of one length is no retry, the same is', async (name, write) => {
    const path = `/graphql-${name.replaceAll(' ', '-')}`;
    fails(path, 503);
    for (const id of ['aa', 'bb', 'cc']) await write(path, `{"query":"{ item(id: \\"${id}\\") }"}`);
    await write(path, `{"query":"{ item(id: \\"cc\\") }"}`);
    await seen(4);
    expect(counts()).toEqual([undefined, undefined, undefined, 1]);
  });

  it.each(clients)('%s: a helper that awaits first is followed outside of a server', async (name, write) => {
    const path = `/awaited-${name.replaceAll(' ', '-')}`;
    fails(path, 503, 503, 200);
    const helper = async (body: string): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return write(path, body);
    };
    while ((await helper('the same prompt')) !== 200);
    await helper('another prompt.');
    await seen(4);
    expect(counts()).toEqual([undefined, 1, 2, undefined]);
  });

  it.each([
    ['a long body', 40_000],
    ['a short one', 10],
  ])('%s that differs in its end, or within the part that is looked at', async (_, length) => {
    const path = `/chat/${length}`;
    fails(path, 503);
    const text = 'x'.repeat(length);
    await post(path, `${text}a`);
    await post(path, `${text}b`);
    await post(path, `a${text}`);
    await post(path, `a${text}`);
    await seen(4);
    expect(counts()).toEqual([undefined, undefined, undefined, 1]);
  });

  it('a PUT of something else is none', async () => {
    fails('/put', 500);
    for (const body of ['one', 'two', 'two']) await call('/put', { method: 'PUT', body });
    await seen(3);
    expect(counts()).toEqual([undefined, undefined, 1]);
  });

  it('a body is known once all of it was written, though its request is ended later than answered', async () => {
    fails('/unended', 503);
    const write = (body: string) =>
      new Promise<void>((resolve) => {
        const options = { method: 'POST', headers: { 'content-length': body.length } };
        const sent = http.request(`${url}/unended`, options, (response) =>
          response.resume().on('end', () => void sent.end(resolve)),
        );
        sent.write(body);
      });
    // a helper's own wait: no flow leads from one call to the next
    for (const body of ['same', 'same', 'else']) await sleep(1).then(() => write(body));
    await seen(3);
    expect(counts()).toEqual([undefined, 1, undefined]);
  });

  it('a body nobody knows is the same in one flow, if its length is', async () => {
    fails('/form', 503);
    const form = (size: number) => {
      const data = new FormData();
      data.set('file', new Blob(['x'.repeat(size)]));
      return call('/form', { method: 'POST', body: data });
    };
    await form(10);
    await form(10);
    await form(500);
    await seen(3);
    expect(counts()).toEqual([undefined, 1, undefined]);
  });

  it('two callers with credentials of their own are two, and parallel ones pair with their own', async () => {
    fails('/models', 503, 503, 503, 503);
    const elsewhere = (token: string, body: string, resent?: string) =>
      new Promise((resolve) => setTimeout(resolve, 1)).then(() =>
        post('/models', body, { authorization: token, ...(resent && { 'x-stainless-retry-count': resent }) }),
      );
    await elsewhere('Bearer a', 'same');
    await elsewhere('Bearer b', 'same');
    await seen(2);
    expect(counts()).toEqual([undefined, undefined]);
    await Promise.all([elsewhere('Bearer c', 'one'), elsewhere('Bearer c', 'two')]);
    await Promise.all([elsewhere('Bearer c', 'two', '1'), elsewhere('Bearer c', 'one', '1')]);
    await seen(6);
    const links = spans.slice(4).map(({ links: [link] }) => spans.findIndex(({ spanId }) => spanId === link?.spanId));
    expect(links.toSorted()).toEqual([2, 3]);
  });
});

describe('while one incoming request is served', () => {
  /** A loop that calls a helper that waits before it calls: no flow leads from one attempt to the next. */
  const helper = async (path: string, body: string) => {
    await null;
    return call(path, { method: 'POST', body });
  };
  const serving = async (handle: () => Promise<void>, requests = 1) => {
    await using own = await httpServer(async (_req, res) => {
      await handle();
      res.end();
    });
    const ask = () =>
      new Promise<void>((done) => {
        http.get(`http://127.0.0.1:${own.port}`, { agent: false }, (res) => res.resume().on('end', () => done()));
      });
    for (let i = 0; i < requests; i++) await ask();
    // the calls of the service, and those to it
    await waitFor(() => spans.length >= 3 + requests, `${3 + requests} spans, got ${spans.length}`);
    return spans.filter((s) => String(s.attributes['url.full']).startsWith(url));
  };
  const told = (of: readonly SpanRecord[]) => of.map((s) => s.attributes['http.request.resend_count']);

  it('a repeat of the same write is one, whatever lies between', async () => {
    fails('/served', 503, 500, 200);
    const made = await serving(async () => {
      while ((await helper('/served', 'one')) !== 200);
    });
    expect(told(made)).toEqual([undefined, 1, 2]);
    expect(made.map((s) => s.attributes['api.retry.kind'])).toEqual([undefined, 'unsafe', 'unsafe']);
    expect(made[2]!.links).toEqual([{ traceId: made[1]!.traceId, spanId: made[1]!.spanId }]);
  });

  it('another write is none', async () => {
    fails('/others', 503);
    const made = await serving(async () => {
      for (const body of ['a', 'ab', 'ac']) await helper('/others', body);
    });
    expect(told(made)).toEqual([undefined, undefined, undefined]);
  });

  it('nor is the same write for another request', async () => {
    fails('/clients', 503);
    const made = await serving(async () => void (await helper('/clients', 'one')), 3);
    expect(told(made)).toEqual([undefined, undefined, undefined]);
  });
});

describe('the kind', () => {
  const post = (path: string, headers: Record<string, string> = {}) =>
    call(path, { method: 'POST', body: 'x', headers });
  it.each([
    ['a write repeated without a key', [{}, {}], 'unsafe'],
    ['a write repeated with the same key', [{ 'idempotency-key': 'k1' }, { 'idempotency-key': 'k1' }], 'safe'],
    ['a write repeated with another key', [{ 'idempotency-key': 'k1' }, { 'idempotency-key': 'k2' }], 'unsafe'],
  ])('of %s is %s', async (name, [first, second], kind) => {
    const path = `/${encodeURIComponent(name)}`;
    fails(path, 500, 200);
    await post(path, first as Record<string, string>);
    await post(path, second as Record<string, string>);
    await seen(2);
    expect(kinds()).toEqual([undefined, kind]);
    const hashes = spans.map((s) => s.attributes['api.idempotency.key_hash']);
    expect(JSON.stringify(hashes)).not.toMatch(/"k[12]"/);
    expect(hashes[0] === hashes[1]).toBe(kind === 'safe' || hashes[0] === undefined);
  });

  it('of a write with a key follows the one before, never itself, when its body comes after its headers', async () => {
    fails('/keyed', 500, 500, 200);
    for (let i = 0; i < 3; i++)
      await new Promise<void>((resolve) => {
        const options = { method: 'POST', headers: { 'idempotency-key': 'k3' } };
        const request = http.request(`${url}/keyed`, options, (response) => response.resume().once('end', resolve));
        setImmediate(() => request.end('x'));
      });
    await seen(3);
    expect(counts()).toEqual([undefined, 1, 2]);
    expect(spans.map(({ links }) => links.map(({ spanId }) => spans.findIndex((s) => s.spanId === spanId)))).toEqual([
      [],
      [0],
      [1],
    ]);
  });

  it('is early before the provider’s Retry-After is over, and safe after it', async () => {
    fails('/early', [429, { 'retry-after': '30' }], [429, { 'retry-after': '0' }], 200);
    for (let i = 0; i < 3; i++) await post('/early');
    await seen(3);
    expect(kinds()).toEqual([undefined, 'early', 'safe']);
  });

  it('is pointless when nothing changed after a 4xx, but not with other credentials', async () => {
    fails('/same', 404);
    await call('/same');
    await call('/same');
    fails('/token', 401);
    await call('/token', { headers: { authorization: 'Bearer a' } });
    await call('/token', { headers: { authorization: 'Bearer b' } });
    await seen(4);
    expect(kinds()).toEqual([undefined, 'pointless', undefined, 'safe']);
  });
});

it('marks reads of a URL that was just read, but neither writes nor retries', async () => {
  fails('/flaky', 503, 200);
  for (const [path, method] of [
    ['/twice', 'GET'],
    ['/twice', 'GET'],
    ['/twice?page=2', 'GET'],
    ['/twice', 'POST'],
    ['/flaky', 'GET'],
    ['/flaky', 'GET'],
  ] as const)
    await call(path, { method });
  await seen(6);
  expect(spans.map((s) => s.attributes['api.request.repeated'])).toEqual([false, true, false, undefined, false, false]);
});

it('counts the attempts of a gRPC channel that retries', async () => {
  const sink = await otlpSink();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  const ran = await runNode(preloaded(join(APPS, 'grpc-retries.cjs')), { env });
  await sink.close();
  expect(ran).toMatchObject({ code: 0, stderr: '', stdout: 'ok none,1,2\n' });
  const told = sink.spans.map(({ attributes: a }) => [
    a['rpc.method'],
    a['rpc.response.status_code'],
    a['http.request.resend_count'],
    a['api.retry.kind'],
  ]);
  expect(told).toEqual([
    ['acme.v1.Items/Get', 'UNAVAILABLE', undefined, undefined],
    ['acme.v1.Items/Get', 'UNAVAILABLE', 1, 'safe'],
    ['acme.v1.Items/Get', 'OK', 2, 'safe'],
  ]);
});
