import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { delayMs } from '../../../collector/forward/forwarder.ts';
import { sumOf } from '../../support/exposition.ts';
import { jsonBody, protobufBody } from '../../support/otlp-spans.ts';
import { type TestCollector, testCollector } from '../../support/test-collector.ts';
import { waitFor } from '../../support/wait-for.ts';

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
let collector: TestCollector | undefined;
let next: Server | undefined;
afterEach(async () => {
  next?.closeAllConnections();
  next?.close();
  await collector?.close();
});

/** A next endpoint that answers with these statuses in turn, then 200. */
async function endpoint(...statuses: number[]): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  next = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (c: Buffer) => chunks.push(c));
    req.on('end', () => {
      got.push({ url: req.url!, headers: req.headers, body: Buffer.concat(chunks) });
      res.writeHead(statuses.shift() ?? 200, { 'retry-after': '0' }).end('x'.repeat(100));
    });
  });
  await new Promise<void>((resolve) => next!.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(next.address() as AddressInfo).port}`, got };
}

const body = [
  {
    resource: { 'service.name': 'f' },
    spans: [{ attributes: { 'http.request.method': 'GET', 'api.status.class': '2xx' } }],
  },
];
const outcome = async (name: string): Promise<number> =>
  sumOf(await collector!.samples(), 'faultlayer_forward_bodies_total', { outcome: name });

it('sends the original bytes with their type, coding and the configured headers', async () => {
  const { url, got } = await endpoint();
  collector = await testCollector({
    FAULTLAYER_FORWARD_ENDPOINT: url,
    FAULTLAYER_FORWARD_HEADERS: 'x-key=a%20b, x-org = 7',
  });
  const gzip = gzipSync(protobufBody(body));
  await collector.post(gzip, { 'content-encoding': 'gzip' });
  await waitFor(() => got.length === 1, 'the first body');
  const json = jsonBody(body);
  await collector.post(json);
  await waitFor(() => got.length === 2, 'the second body');
  expect(got[0]!.body.equals(gzip)).toBe(true);
  expect(got[0]!.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'application/x-protobuf',
    'x-key': 'a b',
    'x-org': '7',
  });
  expect(got[1]!.body.toString()).toBe(json);
  expect(got[1]!.headers['content-type']).toBe('application/json');
  expect(got.map((g) => g.url)).toEqual(['/v1/traces', '/v1/traces']);
  await waitFor(async () => (await outcome('sent')) === 2, 'both to be counted');
});

it('does not forward a body it refused', async () => {
  const { url, got } = await endpoint();
  collector = await testCollector({ FAULTLAYER_FORWARD_ENDPOINT: url });
  expect((await collector.post(Uint8Array.from([1, 2, 3]))).status).toBe(400);
  await collector.post(jsonBody(body));
  await waitFor(() => got.length > 0, 'the sound body');
  expect(got.length).toBe(1);
});

it('tries again after 503 and 429, and gives up at once on 400', async () => {
  const { url, got } = await endpoint(503, 429);
  collector = await testCollector({ FAULTLAYER_FORWARD_ENDPOINT: url });
  await collector.post(jsonBody(body));
  await waitFor(async () => (await outcome('sent')) === 1, 'the third attempt');
  expect(got.length).toBe(3);
  await collector.close();
  next!.close();
  const refusing = await endpoint(400, 400);
  collector = await testCollector({ FAULTLAYER_FORWARD_ENDPOINT: refusing.url });
  await collector.post(jsonBody(body));
  await waitFor(async () => (await outcome('dropped_refused')) === 1, 'the refusal');
  expect(refusing.got.length).toBe(1);
});

it('keeps serving with the next endpoint down, and counts what it lost when it closes', async () => {
  const { url } = await endpoint();
  next!.close();
  collector = await testCollector({ FAULTLAYER_FORWARD_ENDPOINT: url });
  for (let i = 0; i < 5; i++) expect((await collector.post(jsonBody(body))).status).toBe(200);
  const { forwarded } = collector.context.self;
  await collector.close();
  expect(forwarded.values.get('dropped_shutdown')).toBe(5);
}, 20_000);

it('waits longer each time, with jitter, as long as asked but never more than half a minute', () => {
  expect([1, 2, 3].map((n) => delayMs(n, undefined, 0))).toEqual([500, 1000, 2000]);
  expect(delayMs(1, undefined, 1)).toBe(625);
  expect(delayMs(1, '7', 0)).toBe(7000);
  expect(delayMs(1, '99999999', 0)).toBe(30_000);
  for (const odd of ['-1', 'soon', '', '9'.repeat(30)]) expect(delayMs(1, odd, 0)).toBe(500);
});

it('is refused at the start with headers that no request can carry, and the variable is named', async () => {
  const { url } = await endpoint();
  for (const headers of ['bad name=1', 'x-key=a%0d%0ab', 'x-key=%zz', '=1,x-key'])
    await expect(
      testCollector({ FAULTLAYER_FORWARD_ENDPOINT: url, FAULTLAYER_FORWARD_HEADERS: headers }).then(async (started) => {
        collector = started;
        return (await started.post(protobufBody(body))).status;
      }),
      headers,
    ).rejects.toThrow(/^FAULTLAYER_FORWARD_HEADERS: /);
});
