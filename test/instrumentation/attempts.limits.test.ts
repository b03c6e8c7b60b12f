import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { SpanRecord } from '../../instrumentation/span/record.ts';
import { type Handle, start } from '../../instrumentation/start.ts';
import { limit } from '../support/limits.ts';
import { httpServer, type Listening } from '../support/servers.ts';
import { waitFor } from '../support/wait-for.ts';

/** Every limit that docs/attempts.md states. */
let api: Listening;
let url: string;
let handle: Handle;
let spans: SpanRecord[] = [];
/** Runs something as if nothing had called it: a flow of its own. */
const elsewhere = AsyncLocalStorage.snapshot();
beforeAll(async () => {
  api = await httpServer((req, res) =>
    req.resume().on('end', () => res.writeHead(req.url === '/graphql' ? 500 : 422).end()),
  );
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  spans = [];
  handle = start({ env: { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_SPANS: 'own' }, onSpan: (s) => spans.push(s) })!;
});
afterEach(() => handle.stop());

const call = async (path: string, init?: RequestInit) => {
  const told = spans.length + 1;
  await (await fetch(url + path, init)).text();
  await waitFor(() => spans.length >= told, 'the span');
};
const post = (body: string, headers: Record<string, string> = {}) => call('/write', { method: 'POST', body, headers });
const said = () => spans.map((s) => [s.attributes['http.request.resend_count'], s.attributes['api.retry.kind']]);
const FIRST = [undefined, undefined];

limit('another URL', async () => {
  await call('/signed?signature=a');
  await call('/signed?signature=b');
  expect(said()).toEqual([FIRST, FIRST]);
});

limit('bodies that are not known', async () => {
  const form = (text: string) => {
    const body = new FormData();
    body.set('file', new Blob([text]));
    return call('/write', { method: 'POST', body });
  };
  await form('one');
  await form('two');
  expect(said()).toEqual([FIRST, [1, 'pointless']]);
});

limit('the same write twice', async () => {
  // nothing is said of why it is sent again: a job that came twice looks like this, too
  await elsewhere(() => call('/graphql', { method: 'POST', body: '{"job":1}' }));
  await elsewhere(() => call('/graphql', { method: 'POST', body: '{"job":1}' }));
  expect(said()).toEqual([FIRST, [1, 'unsafe']]);
});

limit('two users, one read', async () => {
  // a failure that time can mend: nobody listens there
  const read = () => elsewhere(() => fetch('http://127.0.0.1:2/shared').catch(() => {}));
  await read();
  await read();
  await waitFor(() => spans.length === 2, 'the spans');
  expect(said()).toEqual([FIRST, [1, 'safe']]);
});

limit('reads that are POST', async () => {
  const query = () => call('/graphql', { method: 'POST', body: '{"query":"{ me }"}' });
  await query();
  await query();
  expect(said()).toEqual([FIRST, [1, 'unsafe']]);
});

limit('a job handed on', async () => {
  await elsewhere(() => post('job'));
  await elsewhere(() => post('job'));
  expect(said()).toEqual([FIRST, FIRST]);
  const helper = async () => {
    await null;
    await post('helper');
  };
  await elsewhere(async () => {
    await helper();
    await helper();
  });
  expect(said().slice(2)).toEqual([FIRST, FIRST]);
});

limit('other processes', async () => {
  const keyed = { 'idempotency-key': 'the-same' };
  await post('x', keyed);
  await handle.stop();
  // what another process starts with
  handle = start({ env: { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_SPANS: 'own' }, onSpan: (s) => spans.push(s) })!;
  await elsewhere(() => post('x', keyed));
  expect(said()).toEqual([FIRST, FIRST]);
  const [one, two] = spans.map((s) => s.attributes['api.idempotency.key_hash']);
  expect(one).not.toBe(two);
});
