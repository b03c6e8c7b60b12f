import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Call } from '../../../instrumentation/capture/types.ts';
import { successBodies } from '../../../instrumentation/judge/success-bodies.ts';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { preloaded } from '../../support/preload.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer, type Listening } from '../../support/servers.ts';

const call = (host: string, status: number, answer: Record<string, string> = {}, path = '/') =>
  ({
    host,
    status,
    path,
    responseHeader: (name: string) => answer[name],
    requestHeader: () => undefined,
  }) as unknown as Call;
const JSON_TYPE = { 'content-type': 'application/json' };

it('keeps the bodies of hosts the user names, of multi-status answers and of functions that failed', () => {
  const keeps = successBodies(new Set(['pay.example', '.corp.example']));
  expect(keeps(call('pay.example', 200, JSON_TYPE))).toBe(true);
  expect(keeps(call('a.corp.example', 200, JSON_TYPE))).toBe(true);
  expect(keeps(call('Pay.Example', 200))).toBe(true);
  expect(keeps(call('pay.example', 200, { 'content-type': 'image/png' }))).toBe(false);
  expect(keeps(call('pay.example', 200, { 'content-type': 'text/event-stream' }))).toBe(false);
  expect(keeps(call('notpay.example', 200, JSON_TYPE))).toBe(false);
  expect(keeps(call('dav.example', 207, { 'content-type': 'application/xml' }))).toBe(true);
  const failed = { ...JSON_TYPE, 'x-amz-function-error': 'Unhandled' };
  expect(keeps(call('lambda.eu-west-1.amazonaws.com', 200, failed))).toBe(true);
  expect(keeps(call('lambda.eu-west-1.amazonaws.com', 200, JSON_TYPE))).toBe(false);
});

const throttled = { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } };
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/pay': { error: { code: 'card_declined', message: 'no' } },
  '/items/_bulk': { errors: true, items: [{ index: { status: 201 } }, { index: throttled }, { index: throttled }] },
};
let api: Listening;
let sink: OtlpSink;
beforeAll(async () => {
  api = await httpServer((req, res) => {
    res.writeHead(200, JSON_TYPE).end(JSON.stringify(ANSWERS[req.url!]));
  });
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(async () => {
  sink = await otlpSink();
});
afterEach(() => sink.close());

/** The attributes of a preloaded process's one call. */
async function spanOf(path: string, env: Record<string, string> = {}) {
  const program = `fetch('http://127.0.0.1:${api.port}${path}', { method: 'POST', body: '{}' }).then((r) => r.json())`;
  const ran = await runNode(preloaded('-e', program), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env } });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(sink.spans).toHaveLength(1);
  return sink.spans.splice(0)[0]!.attributes;
}

it('tells an error in a 200 of a host that FAULTLAYER_READ_SUCCESS names, and of no other', async () => {
  expect(await spanOf('/pay', { FAULTLAYER_READ_SUCCESS: 'pay.example, 127.0.0.1' })).toMatchObject({
    'http.response.status_code': 200,
    'api.failure.layer': 'payload',
    'api.failure.reason': 'http.error_in_success',
    'api.provider.code': 'card_declined',
  });
  for (const env of [{}, { FAULTLAYER_READ_SUCCESS: 'pay.example' }]) {
    const good = await spanOf('/pay', env);
    expect(good['http.response.status_code']).toBe(200);
    expect(good).not.toHaveProperty(['api.failure.layer']);
  }
});

it('tells how many parts of a batch failed', async () => {
  expect(await spanOf('/items/_bulk')).toMatchObject({
    'http.response.status_code': 200,
    'api.failure.layer': 'throttling',
    'api.provider.code': 'es_rejected_execution_exception',
    'api.batch.failed': 2,
    'api.batch.total': 3,
  });
});
