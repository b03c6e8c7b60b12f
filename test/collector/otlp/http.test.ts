import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../../collector/limits.ts';
import { sumOf } from '../../support/exposition.ts';
import { decodeResponse, decodeStatus } from '../../support/otlp-schema.ts';
import { jsonBody, protobufBody, type TestSpan } from '../../support/otlp-spans.ts';
import { send, type TestCollector, testCollector } from '../../support/test-collector.ts';

const CALLS = 'api_client_calls_total';
const call = (service: string, spans: TestSpan[]) => [{ resource: { 'service.name': service }, spans }];
const ok: TestSpan = {
  attributes: { 'http.request.method': 'GET', 'api.status.class': '2xx', 'server.address': 'api.a.com' },
};
let collector: TestCollector;
const counted = async (service: string): Promise<number> =>
  sumOf(await collector.samples(), CALLS, { service_name: service });

beforeAll(async () => {
  collector = await testCollector();
});
afterAll(() => collector.close());

describe('bodies that are fine', () => {
  it('are counted, protobuf and JSON, plain and gzip', async () => {
    const protobuf = protobufBody(call('fine', [ok]));
    const json = jsonBody(call('fine', [ok]));
    const gzip = { 'content-encoding': 'gzip' };
    for (const answer of [
      await collector.post(protobuf),
      await collector.post(json),
      await collector.post(gzipSync(protobuf), gzip),
      await collector.post(gzipSync(json), { ...gzip, 'content-type': 'application/json; charset=utf-8' }),
      // Names of codings have no case, and x-gzip is gzip (RFC 9110, 8.4.1).
      await collector.post(gzipSync(protobuf), { 'content-encoding': 'GZIP' }),
      await collector.post(gzipSync(protobuf), { 'content-encoding': 'x-gzip' }),
      await collector.post(protobuf, { 'content-encoding': 'Identity' }),
      await collector.post(protobuf, { 'content-encoding': '' }),
    ])
      expect(answer.status).toBe(200);
    expect(await counted('fine')).toBe(8);
  });

  it('may be empty, and partialSuccess is then not set (B7)', async () => {
    const protobuf = await collector.post(new Uint8Array(0));
    expect([protobuf.status, protobuf.body.length, protobuf.headers['content-type']]).toEqual([
      200,
      0,
      'application/x-protobuf',
    ]);
    for (const body of [
      '{}',
      '{"resourceSpans":[]}',
      '{"resourceSpans":[{"scopeSpans":[{}]}]}',
      '{"resourceSpans":null}',
    ]) {
      const json = await collector.post(body);
      expect([json.status, json.body.toString()], body).toEqual([200, '{}']);
    }
  });

  it('have bad spans refused one by one (B8)', async () => {
    const bad: TestSpan[] = [
      { ...ok, traceId: '00'.repeat(16) },
      { ...ok, spanId: '00'.repeat(8) },
      { ...ok, traceId: 'ab' },
    ];
    const spans = [...Array.from({ length: 10 }, () => ok), ...bad];
    const protobuf = await collector.post(protobufBody(call('partial', spans)));
    expect(protobuf.status).toBe(200);
    const { partialSuccess } = decodeResponse(protobuf.body);
    expect(partialSuccess?.rejectedSpans).toBe(3n);
    expect(partialSuccess?.errorMessage).toBe('3 with an invalid trace or span id');
    const json = await collector.post(jsonBody(call('partial', spans)));
    expect(JSON.parse(json.body.toString())).toEqual({
      partialSuccess: { rejectedSpans: '3', errorMessage: '3 with an invalid trace or span id' },
    });
    expect(await counted('partial')).toBe(20);
  });

  it('are counted again when sent again (B14)', async () => {
    const body = protobufBody(call('twice', [ok]));
    await collector.post(body);
    await collector.post(body);
    expect(await counted('twice')).toBe(2);
  });

  it('leave spans that are no outbound HTTP calls uncounted', async () => {
    const spans: TestSpan[] = [
      { ...ok, kind: 2 },
      { attributes: { 'db.system.name': 'postgresql', 'server.address': 'db' } },
    ];
    expect((await collector.post(protobufBody(call('others', spans)))).status).toBe(200);
    expect(await counted('others')).toBe(0);
  });
});

describe('requests that are wrong', () => {
  const statusOf = (body: Buffer, type: string | undefined) =>
    type === 'application/json' ? JSON.parse(body.toString()) : decodeStatus(body);

  it('get a Status in their own encoding (B9)', async () => {
    const protobuf = await collector.post(Uint8Array.from([0x0a, 0xff]));
    expect([protobuf.status, protobuf.headers['content-type']]).toEqual([400, 'application/x-protobuf']);
    expect(statusOf(protobuf.body, 'application/x-protobuf')).toMatchObject({
      code: 3,
      message: expect.stringMatching(/\w/),
    });
    const json = await collector.post('{"resourceSpans":[');
    expect([json.status, json.headers['content-type']]).toEqual([400, 'application/json']);
    expect(statusOf(json.body, 'application/json')).toEqual({ code: 3, message: 'the JSON text ends too early' });
  });

  it('are told method, path, type and coding (B6, B3)', async () => {
    const url = `${collector.otlpUrl}/v1/traces`;
    const get = await send(url);
    expect([get.status, get.headers.allow]).toEqual([405, 'POST']);
    expect((await send(`${collector.otlpUrl}/v1/profiles`, { method: 'POST', body: '' })).status).toBe(404);
    for (const type of ['text/plain', '', 'constructor', 'application/x-protobuf-not']) {
      const answer = await send(url, { method: 'POST', headers: type ? { 'content-type': type } : {}, body: 'x' });
      expect([answer.status, answer.headers['content-type']], type).toEqual([415, 'application/json']);
    }
    for (const coding of ['zstd', 'br', 'gzip, gzip', 'deflate']) {
      const answer = await collector.post('{}', { 'content-encoding': coding });
      expect([answer.status, answer.headers['accept-encoding']], coding).toEqual([415, 'gzip, identity']);
    }
  });

  it('cannot hide behind gzip: garbage, truncation, bombs, gzip in gzip (B2, B3)', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    const whole = gzipSync(protobufBody(call('gz', [ok])));
    for (const body of [
      Buffer.from('not gzip'),
      whole.subarray(0, whole.length - 9),
      whole.subarray(0, 12),
      Buffer.alloc(0),
    ])
      expect((await collector.post(body, gzip)).status).toBe(400);
    const bomb = gzipSync(Buffer.alloc(LIMITS.bodyBytes + 1), { level: 9 });
    const before = process.memoryUsage().rss;
    expect(bomb.length).toBeLessThan(64 * 1024);
    expect((await collector.post(bomb, gzip)).status).toBe(413);
    // A trailer that claims 4 GiB must not be believed.
    const liar = Buffer.from(whole);
    liar.writeUInt32LE(0xfffffff0, liar.length - 4);
    expect((await collector.post(liar, gzip)).status).toBe(400);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect((await collector.post(gzipSync(whole), gzip)).status).toBe(400);
    expect(await counted('gz')).toBe(0);
  });

  it('are cut off at 20 MiB, declared or not (B1)', async () => {
    const declared = await collector
      .post(Buffer.alloc(64), { 'content-length': String(LIMITS.bodyBytes + 1) })
      .catch((e) => e);
    expect(declared.status).toBe(413);
    const chunked = await collector.post(Buffer.alloc(LIMITS.bodyBytes + 1), { 'transfer-encoding': 'chunked' });
    expect([chunked.status, chunked.headers.connection]).toEqual([413, 'close']);
  });

  it('with damaged protobuf are 400 within a moment and count nothing (B4)', async () => {
    const deep = Buffer.alloc(300_000, 0x0a);
    const cases: Record<string, Uint8Array> = {
      'random bytes': Buffer.from('8f3b1c99d07e55aa01', 'hex'),
      'a length of 4 GiB': Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      'an eleven-byte varint': Buffer.from([0x08, ...Array(10).fill(0xff), 1]),
      'the wrong wire type': Buffer.from([0x08, 1]),
      'a group': Buffer.from([0x13, 0x14]),
      'field number zero': Buffer.from([0x02, 0]),
      'depth 100 000': deep,
    };
    for (const [what, body] of Object.entries(cases)) {
      const answer = await collector.post(body);
      expect(answer.status, what).toBe(400);
    }
    const good = protobufBody(call('damaged', [ok, ok]));
    expect((await collector.post(good.subarray(0, good.length - 3))).status).toBe(400);
    expect((await collector.post(Buffer.concat([good, Buffer.from([0x0a, 5, 1])]))).status).toBe(400);
    expect(await counted('damaged')).toBe(0);
  });

  it('with hostile JSON are refused or read as the specification says (B5)', async () => {
    for (const bad of [
      '['.repeat(5_000_000),
      '{"a":'.repeat(100_000),
      '[1]',
      '7',
      'null',
      '{"resourceSpans":{}}',
      '{"resourceSpans":[1]}',
      '{}{}',
      '{"a":01}',
      '{"a":NaN}',
      '"\\ud8',
    ])
      expect((await collector.post(bad)).status, bad.slice(0, 30)).toBe(400);
    const span = (extra: string) =>
      `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"js"}}]},"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","kind":3,"startTimeUnixNano":1790000000000000000,"endTimeUnixNano":"1790000000120000000","attributes":[{"key":"http.request.method","value":{"stringValue":"G\\u0045T"}},{"key":"api.status.class","value":{"stringValue":"2xx"}}]${extra}}]}]}]}`;
    for (const extra of [
      '',
      ',"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}',
      ',"unknown":[1e999,-0.0,{"x":[true,null]}]',
      ',"trace_id":"00","kind":3,"name":"\\ud800\\n"',
      ',"droppedAttributesCount":"0","events":[],"links":null',
    ])
      expect((await collector.post(span(extra))).status, extra).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await collector.post(span(',"kind":"SPAN_KIND_CLIENT"'))).status).toBe(200);
    const samples = await collector.samples();
    expect(sumOf(samples, CALLS, { service_name: 'js', http_request_method: 'GET' })).toBe(5);
    expect(sumOf(samples, 'api_client_duration_seconds_bucket', { service_name: 'js', le: '0.25' })).toBe(5);
    expect(sumOf(samples, 'api_client_duration_seconds_bucket', { service_name: 'js', le: '0.1' })).toBe(0);
  });
});

describe('spans that are odd (B15, C10)', () => {
  it('count without a duration when their times cannot be', async () => {
    const start = 1_790_000_000_000_000_000n;
    const spans: TestSpan[] = [
      { ...ok, startNanos: start, endNanos: start - 1n },
      { ...ok, startNanos: 0n },
      { ...ok, endNanos: 0n },
      { ...ok, startNanos: 1n },
      { ...ok, startNanos: start, endNanos: start },
    ];
    await collector.post(protobufBody(call('times', spans)));
    const samples = await collector.samples();
    expect(sumOf(samples, CALLS, { service_name: 'times' })).toBe(5);
    expect(sumOf(samples, 'api_client_duration_seconds_count', { service_name: 'times' })).toBe(1);
    const refused = (reason: string) => sumOf(samples, 'faultlayer_durations_refused_total', { reason });
    expect([refused('negative'), refused('missing'), refused('too_long')]).toEqual([1, 2, 1]);
  });

  it('never make a label of a value that is no string, and survive ten thousand attributes and a 1 MiB value', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]));
    const spans: TestSpan[] = [
      { attributes: { ...ok.attributes, 'url.template': ['a', 'b'], 'api.provider.code': null, 'server.address': 7 } },
      { attributes: { ...ok.attributes, ...many } },
      { attributes: { ...ok.attributes, 'url.template': 'x'.repeat(1024 * 1024) } },
    ];
    for (const body of [protobufBody(call('shapes', spans)), jsonBody(call('shapes', spans))])
      expect((await collector.post(body)).status).toBe(200);
    const samples = (await collector.samples()).filter(
      (s) => s.labels['service_name'] === 'shapes' && s.name === CALLS,
    );
    expect(new Set(samples.map((s) => s.labels['url_template']))).toEqual(new Set(['', '__other__']));
    expect(sumOf(samples, CALLS)).toBe(6);
  });
});

describe('spans of other instrumentations', () => {
  it('get class, layer and provider from status and host, under old names as well', async () => {
    const spans: TestSpan[] = [
      { attributes: { 'http.method': 'POST', 'net.peer.name': 'api.stripe.com', 'http.status_code': 429 } },
      {
        attributes: {
          'http.request.method': 'GET',
          'server.address': 'api.stripe.com',
          'http.response.status_code': 200,
        },
      },
      { attributes: { 'http.request.method': 'GET', 'server.address': 'nowhere.invalid', 'error.type': 'ENOTFOUND' } },
    ];
    await collector.post(protobufBody(call('foreign', spans)));
    const samples = (await collector.samples()).filter(
      (s) => s.name === CALLS && s.labels['service_name'] === 'foreign',
    );
    const row = (status: string) => samples.find((s) => s.labels['http_response_status_code'] === status)?.labels;
    expect(row('429')).toMatchObject({
      api_provider_name: 'stripe',
      api_status_class: '4xx',
      api_failure_layer: 'throttling',
      http_request_method: 'POST',
    });
    expect(row('200')).toMatchObject({ api_provider_name: 'stripe', api_status_class: '2xx', api_failure_layer: '' });
    expect(row('')).toMatchObject({ api_status_class: 'none', api_failure_layer: 'unknown' });
  });
});
