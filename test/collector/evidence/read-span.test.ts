import { expect, it } from 'vitest';
import type { Call } from '../../../instrumentation/capture/types.ts';
import { loadConfig } from '../../../src/config.ts';
import { attributesOf, targetFor } from '../../support/attributes.ts';
import { collectorUnderTest, TOKEN } from '../../support/collector.ts';
import { encodeTraces } from '../../support/otlp-decode.ts';

const attributes = {
  'http.request.method': { string: 'POST' },
  'api.failure.layer': { string: 'payload' },
  'api.provider.name': { string: 'test' },
  'api.request.content_type': { string: 'application/xml' },
  'http.request.header.accept': { strings: ['text/xml', 'ignored'] },
  'http.request.header.authorization': { strings: ['Bearer sekret-value'] },
};
const START = BigInt(Date.now()) * 1_000_000n;

it.each(['json', 'protobuf'])(
  'headers recorded as arrays and the content type arrive in the record, from %s',
  async (encoding) => {
    await using c = await collectorUnderTest();
    const keyValues = (text: string, list: string) =>
      Object.entries(attributes).map(([key, v]) => ({
        key,
        value: 'string' in v ? { [text]: v.string } : { [list]: { values: v.strings.map((s) => ({ [text]: s })) } },
      }));
    const json = {
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'ab'.repeat(16),
                  spanId: 'cd'.repeat(8),
                  name: 'x',
                  kind: 3,
                  startTimeUnixNano: String(START),
                  endTimeUnixNano: String(START + 1000n),
                  attributes: keyValues('stringValue', 'arrayValue'),
                },
              ],
            },
          ],
        },
      ],
    };
    const span = {
      traceId: Buffer.from('ab'.repeat(16), 'hex'),
      spanId: Buffer.from('cd'.repeat(8), 'hex'),
      name: 'x',
      kind: 3,
      start: String(START),
      end: String(START + 1000n),
      attributes: keyValues('stringValue', 'arrayValue'),
    };
    const body =
      encoding === 'json'
        ? JSON.stringify(json)
        : Buffer.from(encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
    const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
    const sent = await fetch(`${c.collector.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(sent.status).toBe(200);
    const answer = await fetch(`${c.httpUrl}/api/failures`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const { groups } = (await answer.json()) as { groups: { records: { headers: unknown; traceId: string }[] }[] };
    expect(groups[0]!.records[0]).toMatchObject({
      traceId: 'ab'.repeat(16),
      headers: [
        ['accept', 'text/xml'],
        ['content-type', 'application/xml'],
      ],
    });
  },
);

it('the content type is on failed spans, the answer’s body only if switched on, and redacted', () => {
  const call = {
    client: 'undici',
    method: 'POST',
    scheme: 'https',
    host: 'api.test',
    port: 443,
    path: '/v1/x',
    proxied: false,
    url: () => 'https://api.test/v1/x',
    target: targetFor('https://api.test/v1/x'),
    requestHeader: (name: string) => (name === 'content-type' ? 'multipart/form-data; boundary=secret-ish' : undefined),
    requestHeaderNames: () => ['content-type'],
    setHeader: () => {},
    responseHeader: () => undefined,
    responseHeaderNames: () => [],
    requestBody: () => undefined,
    body: () => '{"error":{"code":"bad","password":"hunter2hunter2"}}',
    timings: {},
    status: 400,
    startMs: 0,
    headersMs: 0,
    endMs: 1,
  } as unknown as Call;
  const of = (kind: 'ok' | 'failed', env: Record<string, string>) =>
    attributesOf(call, { kind, layer: 'payload', reason: 'http.error', sent: 'yes' }, loadConfig(env).config);
  const off = of('failed', {});
  expect(off['api.request.content_type']).toBe('multipart/form-data');
  expect(off['http.request.header.content-type']).toEqual(['multipart/form-data']);
  expect(off).not.toHaveProperty(['http.response.body.content']);
  const on = of('failed', { FAULTLAYER_CAPTURE_BODIES: 'true' });
  expect(on['http.response.body.content']).toBe('{"error":{"code":"bad","password":"[secret]"}}');
  expect(of('ok', { FAULTLAYER_CAPTURE_BODIES: 'true' })).not.toHaveProperty(['http.response.body.content']);
});
