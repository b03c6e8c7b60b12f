import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { createServer, connect as tcp } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../../collector/limits.ts';
import { collectorProcess } from '../../support/collector-process.ts';
import { sumOf } from '../../support/exposition.ts';
import { protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';
import { field, text, varint } from '../../support/protobuf-wire.ts';
import { send, type TestCollector, testCollector } from '../../support/test-collector.ts';
import { waitFor } from '../../support/wait-for.ts';

const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const frame = (message: Uint8Array, compressed = 0): Buffer => {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};
const spans = protobufBody(typicalBody(seeded(3), 5));

interface Reply {
  readonly status: number;
  readonly grpc: string | undefined;
  readonly message: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function call(
  session: ClientHttp2Session,
  path: string,
  body: Buffer | undefined,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let head: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    stream.on('response', (h) => (head = h));
    stream.on('trailers', (h) => (trailers = h));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      const all = { ...head, ...trailers };
      resolve({
        status: Number(head[':status']),
        grpc: all['grpc-status'] as string | undefined,
        message: decodeURIComponent(String(all['grpc-message'] ?? '')),
        headers: all,
        body: Buffer.concat(chunks),
      });
    });
    if (body) stream.end(body);
  });
}

let open: { collector: TestCollector; session: ClientHttp2Session } | undefined;
async function begin(env: Record<string, string> = {}) {
  const collector = await testCollector(env);
  const session = connect(collector.otlpGrpcUrl!);
  session.on('error', () => undefined);
  open = { collector, session };
  return open;
}
afterEach(async () => {
  open?.session.destroy();
  await open?.collector.close();
  open = undefined;
  vi.restoreAllMocks();
});

describe('OTLP over gRPC', () => {
  it('counts spans, plain and gzip, as HTTP does', async () => {
    const { collector, session } = await begin();
    const plain = await call(session, TRACES, frame(spans));
    expect([plain.status, plain.grpc, plain.body]).toEqual([200, '0', Buffer.alloc(5)]);
    const zipped = await call(session, TRACES, frame(gzipSync(spans), 1), { 'grpc-encoding': 'gzip' });
    expect(zipped.grpc).toBe('0');
    expect((await collector.post(spans)).status).toBe(200);
    const samples = await collector.samples();
    expect(sumOf(samples, 'faultlayer_spans_received_total')).toBe(15);
    expect(sumOf(samples, 'faultlayer_otlp_requests_total', { code: '200' })).toBe(3);
  });

  it('says by partial success how many spans have invalid IDs', async () => {
    const { session } = await begin();
    const broken = field(1, field(2, field(2, field(1, 'short'))));
    const { grpc, body } = await call(session, TRACES, frame(broken));
    expect(grpc).toBe('0');
    const message = '1 with an invalid trace or span id';
    expect(body.subarray(5)).toEqual(field(1, Buffer.from([8, 1]), field(2, message)));
  });

  it('has the limits, tokens and answers of HTTP', async () => {
    const { collector, session } = await begin({ FAULTLAYER_OTLP_TOKEN: 'secret' });
    const token = { authorization: 'Bearer secret' };
    const bad: [string, Buffer, Record<string, string>, string, RegExp][] = [
      [TRACES, frame(spans), {}, '16', /a bearer token is needed/],
      [TRACES, frame(spans), { authorization: 'Bearer guess' }, '16', /a bearer token is needed/],
      ['/nobody.Service/Export', frame(spans), token, '12', /only Export of OTLP/],
      [TRACES, frame(Buffer.from([0x0a, 5, 1])), token, '3', /a length reaches past/],
      [TRACES, frame(Buffer.from('no gzip'), 1), { ...token, 'grpc-encoding': 'gzip' }, '3', /not sound gzip/],
      [TRACES, frame(spans, 1), { ...token, 'grpc-encoding': 'zstd' }, '3', /grpc-encoding/],
      [TRACES, Buffer.from([0, 0, 0]), token, '3', /one message/],
      [TRACES, Buffer.concat([frame(spans), frame(spans)]), token, '3', /one message/],
      [
        TRACES,
        frame(gzipSync(Buffer.alloc(LIMITS.bodyBytes + 1)), 1),
        { ...token, 'grpc-encoding': 'gzip' },
        '8',
        /bytes after inflation/,
      ],
      [TRACES, frame(Buffer.alloc(LIMITS.bodyBytes + 10)), token, '8', /a body may have/],
      [TRACES, frame(spans), { ...token, ':authority': 'evil.example' }, '7', /host name/],
    ];
    for (const [path, body, headers, code, message] of bad) {
      const reply = await call(session, path, body, headers);
      expect([reply.status, reply.grpc], String(message)).toEqual([200, code]);
      expect(reply.message).toMatch(message);
    }
    expect((await call(session, TRACES, frame(spans), { 'content-type': 'application/json' })).status).toBe(415);
    expect((await call(session, TRACES, frame(spans), token)).grpc).toBe('0');
    expect(sumOf(await collector.samples(), 'faultlayer_spans_received_total')).toBe(5);
  });

  it('tells a sender when to come again while it takes nothing', async () => {
    const { collector, session } = await begin();
    Object.assign(collector.context, { notReady: () => 'memory is short' });
    const { grpc, headers } = await call(session, TRACES, frame(spans));
    expect(grpc).toBe('14');
    const details = Buffer.from(String(headers['grpc-status-details-bin']), 'base64');
    const retryInfo = field(1, Buffer.concat([Buffer.from([8]), varint(LIMITS.retryAfterSeconds)]));
    expect(details.includes(field(2, retryInfo))).toBe(true);
    expect(details.includes('type.googleapis.com/google.rpc.RetryInfo')).toBe(true);
  });

  it('keeps a sender to its deadline', async () => {
    const { session } = await begin();
    const started = performance.now();
    const { grpc } = await call(session, TRACES, undefined, { 'grpc-timeout': '80m' });
    expect(grpc).toBe('4');
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('metrics and logs', () => {
  const resource = (service: string, instance: string): Buffer =>
    field(1, attributeOf('service.name', service), attributeOf('service.instance.id', instance));
  const attributeOf = (key: string, value: string): Buffer => field(1, field(1, key), field(2, text(value)));
  const double = (value: number): Buffer => {
    const bytes = Buffer.alloc(9, 0x21);
    bytes.writeDoubleLE(value, 1);
    return bytes;
  };
  const point = (phase: string, value: number): Buffer =>
    field(
      1,
      double(value),
      field(7, field(1, 'phase'), field(2, text(phase))),
      field(7, field(1, 'api.provider.name'), field(2, text('stripe'))),
    );
  const metric = (name: string, kind: number, ...points: Buffer[]): Buffer =>
    field(2, field(1, name), field(kind, ...points));
  const body = (service: string, instance: string, ...metrics: Buffer[]): Buffer =>
    field(1, resource(service, instance), field(2, ...metrics));
  const IN_FLIGHT = 'api_client_in_flight';
  const OLDEST = 'api_client_oldest_in_flight_seconds';

  it('give the calls in flight over all instances, until an instance is silent for three intervals', async () => {
    let passed = 0;
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + passed * 1000);
    const { collector, session } = await begin();
    const report = async (instance: string, value: number, age: number) => {
      const { grpc, body: answer } = await call(
        session,
        METRICS,
        frame(
          body(
            'shop',
            instance,
            metric('api.client.in_flight', 5, point('wait', value), point('body', 1)),
            metric(OLDEST, 5, point('wait', age)),
          ),
        ),
      );
      expect([grpc, answer.length]).toEqual(['0', 5]);
    };
    const of = async (name: string, phase: string) =>
      sumOf(await collector.samples(), name, { service_name: 'shop', api_provider_name: 'stripe', phase });
    await report('a', 3, 20);
    await report('b', 4, 90);
    expect([await of(IN_FLIGHT, 'wait'), await of(IN_FLIGHT, 'body'), await of(OLDEST, 'wait')]).toEqual([7, 2, 90]);
    passed += 10;
    await report('a', 1, 30);
    await report('b', 5, 100);
    expect([await of(IN_FLIGHT, 'wait'), await of(OLDEST, 'wait')]).toEqual([6, 100]);
    passed += 20;
    await report('a', 2, 1);
    passed += 11;
    expect([await of(IN_FLIGHT, 'wait'), await of(OLDEST, 'wait')]).toEqual([2, 1]);
  });

  it('are answered without a complaint where they are dropped, and counted', async () => {
    const { collector, session } = await begin();
    const dropped = body('other', 'x', metric('process.cpu.time', 7, field(1), field(1)), metric('h', 9, field(1)));
    expect((await call(session, METRICS, frame(dropped))).body.length).toBe(5);
    const logs = field(1, field(2, field(2, field(5)), field(2, field(5))));
    expect((await call(session, LOGS, frame(logs))).body.length).toBe(5);
    const post = (path: string, payload: string) =>
      send(`${collector.otlpUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: payload,
      });
    const json = await post('/v1/logs', '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{},{}]}]}]}');
    expect([json.status, json.body.toString()]).toEqual([200, '{}']);
    const attributes = [{ key: 'service.name', value: { stringValue: 'shop' } }];
    const dataPoints = [{ asInt: '3', attributes: [{ key: 'phase', value: { stringValue: 'dns' } }] }];
    const metrics = [
      { name: IN_FLIGHT, gauge: { dataPoints } },
      { name: 'x', sum: { dataPoints: [{}] } },
    ];
    const gauge = { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics }] }] };
    expect((await post('/v1/metrics', JSON.stringify(gauge))).body.toString()).toBe('{}');
    expect((await post('/v1/metrics', '[1]')).status).toBe(400);
    const samples = await collector.samples();
    expect(sumOf(samples, 'faultlayer_otlp_dropped_total', { signal: 'logs' })).toBe(5);
    expect(sumOf(samples, 'faultlayer_otlp_dropped_total', { signal: 'metrics' })).toBe(4);
    expect(sumOf(samples, IN_FLIGHT, { service_name: 'shop', phase: 'dns' })).toBe(3);
  });

  it('are refused where they would count a service’s spans twice', async () => {
    const { collector, session } = await begin();
    const name = typicalBody(seeded(3), 5)[0]!.resource!['service.name'] as string;
    await collector.post(spans);
    const calls = (service: string) => frame(body(service, 'a', metric('api.client.calls', 7, point('', 5))));
    const refused = await call(session, METRICS, calls(name));
    expect(refused.body.toString('latin1')).toContain(`spans of ${name} are counted here`);
    expect((await call(session, METRICS, calls('not seen'))).body.length).toBe(5);
    expect(sumOf(await collector.samples(), 'faultlayer_spans_rejected_total', { reason: 'counted_from_spans' })).toBe(
      1,
    );
  });
});

describe('the ports', () => {
  it('name a sender that speaks another protocol, once', async () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    const { collector } = await begin();
    const speak = (url: string, bytes: Uint8Array | string): Promise<void> =>
      new Promise((resolve) => {
        const socket = tcp(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
        socket.on('error', () => undefined).on('data', () => socket.destroy());
        socket.on('close', () => resolve());
        setTimeout(() => socket.destroy(), 500);
      });
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    const hello = Buffer.from([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]);
    for (let i = 0; i < 3; i++) {
      await speak(collector.otlpUrl, preface);
      await speak(collector.otlpUrl, hello);
      await speak(collector.otlpGrpcUrl!, 'POST /v1/traces HTTP/1.1\r\nHost: x\r\n\r\n');
    }
    const counted = async (spoken: string) =>
      sumOf(await collector.samples(), 'faultlayer_wrong_protocol_total', { spoken });
    await waitFor(async () => (await counted('no HTTP/2')) === 3, 'the third to be counted');
    expect([await counted('HTTP/2'), await counted('TLS')]).toEqual([3, 3]);
    expect(lines.map((line) => line.replace(/port \d+/, 'port N')).sort()).toEqual([
      expect.stringMatching(/^faultlayer: 127\.0\.0\.1 speaks HTTP\/2 to port N: OTLP\/gRPC has a port of its own/),
      expect.stringMatching(/^faultlayer: 127\.0\.0\.1 speaks TLS to port N: this port has no TLS/),
      expect.stringMatching(/^faultlayer: 127\.0\.0\.1 speaks no HTTP\/2 to port N: OTLP\/HTTP has a port of its own/),
    ]);
  });

  it('are open on 127.0.0.1 and ::1', async () => {
    const { collector } = await begin();
    for (const url of [collector.otlpUrl, collector.otlpGrpcUrl!, collector.httpUrl])
      await new Promise<void>((resolve, reject) => {
        const socket = tcp(Number(new URL(url).port), '::1', () => socket.end(() => resolve()));
        socket.on('error', reject);
      });
  });

  it('that are taken end it where they were asked for; the default of gRPC is left out with a warning', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    await expect(testCollector({ FAULTLAYER_OTLP_GRPC_PORT: String(port) })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is taken; set FAULTLAYER_OTLP_GRPC_PORT to another`,
    );
    taken.close();
    // Whoever has it: this test, or somebody on this machine.
    const usual = createServer().listen(4317, '127.0.0.1');
    await new Promise((resolve) => usual.once('listening', resolve).once('error', resolve));
    const without = await collectorProcess({ FAULTLAYER_OTLP_PORT: String(port), FAULTLAYER_OTLP_GRPC_PORT: '' });
    try {
      expect(without.stderr()).toContain(
        'no OTLP/gRPC: port 4317 on 127.0.0.1 is taken; set FAULTLAYER_OTLP_GRPC_PORT to another',
      );
      expect(without.grpc).toBeUndefined();
      expect((await fetch(`${without.otlp}/v1/traces`, { method: 'POST' })).status).not.toBe(404);
    } finally {
      await without[Symbol.asyncDispose]();
      usual.close();
    }
    const off = await testCollector({ FAULTLAYER_OTLP_GRPC_PORT: 'off' });
    expect(off.otlpGrpcUrl).toBeUndefined();
    await off.close();
  });
});
