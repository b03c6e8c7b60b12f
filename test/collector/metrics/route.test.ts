import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { parsePage, sumOf } from '../../support/exposition.ts';
import { jsonBody, protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';
import { send, type TestCollector, testCollector } from '../../support/test-collector.ts';

const OPEN = { accept: 'application/openmetrics-text;version=1.0.0' };

/** Label sets up to a page of so many bytes. */
async function fill(collector: TestCollector, bytes: number): Promise<void> {
  const random = seeded(31);
  for (let n = 0; ; n++) {
    const body = typicalBody(random, 400);
    body[0]!.resource!['service.name'] = `service-${n}`;
    await collector.post(protobufBody(body));
    if ((await send(`${collector.httpUrl}/metrics`, { headers: OPEN })).body.length > bytes) return;
  }
}

it('answers fifty readers at once with whole pages, and takes spans meanwhile (C8)', async () => {
  const collector = await testCollector();
  try {
    await fill(collector, 1e6);
    const counted = sumOf(await collector.samples(), 'api_client_calls_total');
    const pages = Array.from({ length: 50 }, () => send(`${collector.httpUrl}/metrics`, { headers: OPEN }));
    let accepted = 0;
    const ingest = (async () => {
      for (; accepted < 20; accepted++)
        expect((await collector.post(protobufBody(typicalBody(seeded(accepted), 20)))).status).toBe(200);
    })();
    for (const { status, body } of await Promise.all(pages)) {
      const text = body.toString();
      expect([status, text.endsWith('\n# EOF\n')]).toEqual([200, true]);
      let sum = 0;
      for (const [, value] of text.matchAll(/^api_client_calls_total\{.*\} (\d+)$/gm)) sum += Number(value);
      expect(sum).toBeGreaterThanOrEqual(counted);
    }
    await ingest;
    expect(sumOf(await collector.samples(), 'api_client_calls_total')).toBe(counted + accepted * 20);
  } finally {
    await collector.close();
  }
}, 120_000);

it('holds little for readers that do not read', async () => {
  const collector = await testCollector();
  const stalled: Socket[] = [];
  try {
    await fill(collector, 8e6);
    const { hostname, port } = new URL(collector.httpUrl);
    const used = (): number => process.memoryUsage().external;
    const before = used();
    for (let n = 0; n < 40; n++) {
      const socket = connect(Number(port), hostname);
      stalled.push(socket);
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      socket.pause();
      socket.write(`GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: ${OPEN.accept}\r\n\r\n`);
      await collector.post(protobufBody(typicalBody(seeded(n), 5)));
    }
    // Their pages have 320 MB.
    expect(used() - before).toBeLessThan(80e6);
    const prometheus = { ...OPEN, 'x-prometheus-scrape-timeout-seconds': '10' };
    const { status, body } = await send(`${collector.httpUrl}/metrics`, { headers: prometheus });
    expect([status, body.toString().endsWith('# EOF\n')]).toEqual([200, true]);
  } finally {
    for (const socket of stalled) socket.destroy();
    await collector.close();
  }
}, 120_000);

it('shows a series at zero to the one scraper it is new to, also when many ask at once', async () => {
  const collector = await testCollector();
  try {
    const scrape = (agent?: string) =>
      send(`${collector.httpUrl}/metrics`, {
        headers: agent === undefined ? OPEN : { 'user-agent': agent, 'x-prometheus-scrape-timeout-seconds': '10' },
      }).then(({ body }) => sumOf(parsePage(body.toString()), 'api_client_calls_total', { service_name: 'new' }));
    await scrape('first');
    const spans = [{ attributes: { 'http.request.method': 'GET', 'api.status.class': '2xx' } }];
    await collector.post(jsonBody([{ resource: { 'service.name': 'new' }, spans }]));
    expect(await Promise.all([scrape('first'), scrape(), scrape('second'), scrape()])).toEqual([0, 1, 0, 1]);
    expect(await Promise.all([scrape('second'), scrape('first'), scrape()])).toEqual([1, 1, 1]);
  } finally {
    await collector.close();
  }
});

it('is compressed when it crosses a network, and only for who takes gzip', async () => {
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const address = own.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  if (address === undefined) return console.info('not tried: this machine has no address but loopback');
  const collector = await testCollector({ FAULTLAYER_HTTP_HOST: '0.0.0.0' });
  try {
    await fill(collector, 1e6);
    const ask = (host: string, headers: Record<string, string>) =>
      send(`http://${host}:${new URL(collector.httpUrl).port}/metrics`, { headers: { ...OPEN, ...headers } });
    const gzip = { 'accept-encoding': 'gzip' };
    const plain = await ask(address, {});
    const zipped = await ask(address, gzip);
    expect([plain, await ask('127.0.0.1', gzip), zipped].map(({ headers }) => headers['content-encoding'])).toEqual([
      undefined,
      undefined,
      'gzip',
    ]);
    expect(zipped.body.length).toBeLessThan(plain.body.length / 5);
    const page = gunzipSync(zipped.body).toString();
    const calls = (text: string) => text.match(/^api_client_calls_total.*$/gm);
    expect(calls(page)).toEqual(calls(plain.body.toString()));
    expect(page.endsWith('\n# EOF\n')).toBe(true);
  } finally {
    await collector.close();
  }
});
