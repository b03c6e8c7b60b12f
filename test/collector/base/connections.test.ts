import { expect, it, vi } from 'vitest';
import { createConnections } from '../../../collector/base/connections.ts';
import { Log } from '../../../collector/base/log.ts';
import { startCollector } from '../../../collector/index.ts';
import { LIMITS } from '../../../collector/limits.ts';
import { collectorProcess, KeptConnection } from '../../support/collector-process.ts';
import { sumOf } from '../../support/exposition.ts';
import { manySenders } from '../../support/many-senders.ts';
import { protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';
import { send } from '../../support/test-collector.ts';
import { waitFor } from '../../support/wait-for.ts';

it.each([300, 2000])(
  'hears %i senders that keep their connections',
  async (senders) => {
    await using collector = await collectorProcess();
    const samples = await manySenders(collector, senders);
    expect(sumOf(samples, 'faultlayer_connections_closed_total')).toBe(0);
    expect(sumOf(samples, 'faultlayer_connections', { door: 'otlp' })).toBe(senders);
  },
  60_000,
);

it('closes the longest idle sender first, and refuses and says so where all are busy', async () => {
  const lines: string[] = [];
  const counted = { closed: 0, refused: 0 };
  const counter = (key: keyof typeof counted) => ({ inc: () => void counted[key]++ }) as never;
  const connections = createConnections(
    'otlp',
    3,
    new Log('warn', (l) => lines.push(l)),
    counter('closed'),
    counter('refused'),
  );
  const socket = (remotePort: number) => ({
    remoteAddress: 'a',
    remotePort,
    localPort: 1,
    once: () => {},
    destroy: vi.fn(),
  });
  const [one, two, three, four, five, six] = [1, 2, 3, 4, 5, 6].map(socket);
  for (const s of [one, two, three]) connections.add(s as never);
  const answered = connections.begin(one as never);
  connections.add(four as never);
  expect([one, two, three].map((s) => s!.destroy.mock.calls.length)).toEqual([0, 1, 0]);
  answered();
  connections.begin(three as never);
  connections.add(five as never);
  expect([one, three, four].map((s) => s!.destroy.mock.calls.length)).toEqual([0, 0, 1]);
  connections.begin(one as never);
  connections.begin(five as never);
  for (const s of [six, six]) connections.add(s as never);
  expect([six!.destroy.mock.calls.length, counted, connections.size]).toEqual([2, { closed: 2, refused: 2 }, 3]);
  expect(lines).toEqual(['faultlayer: a connection was refused: all 3 of the OTLP receiver are busy']);
});

it('is scraped however many connections readers keep or leave half open', async () => {
  const collector = await startCollector({ otlpPort: 0, httpPort: 0 });
  const kept: KeptConnection[] = [];
  try {
    for (let i = 0; i < 4 * LIMITS.readers; i++) {
      const connection = await KeptConnection.open(collector.httpUrl);
      kept.push(connection);
      if (i % 2 === 0) connection.socket.write('GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n');
    }
    expect((await send(`${collector.httpUrl}/metrics`)).status).toBe(200);
  } finally {
    for (const { socket } of kept) socket.destroy();
    await collector.close();
  }
});

it('answers a scrape after SIGTERM, and only then ends', async () => {
  await using collector = await collectorProcess();
  const body = protobufBody(typicalBody(seeded(1), 7));
  const scrape = () => send(`${collector.http}/metrics`);
  await scrape();
  const connection = await KeptConnection.open(collector.otlp);
  expect(await connection.post(body)).toBe(200);
  const ended = new Promise<number | null>((resolve) => collector.child.once('exit', resolve));
  collector.child.kill('SIGTERM');
  await waitFor(
    () =>
      KeptConnection.open(collector.otlp).then(
        ({ socket }) => socket.destroy() === undefined,
        () => true,
      ),
    'the receiver to be closed',
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(collector.child.exitCode).toBeNull();
  const page = (await scrape()).body.toString();
  expect(page).toContain('api_client_calls_total{');
  expect(await ended).toBe(0);
  expect(collector.stderr()).toMatch(/faultlayer: ended; \d+ spans counted, none after the last scrape\n$/);
});

it('ends without a scrape when none comes, and says what nobody read', async () => {
  await using collector = await collectorProcess({ FAULTLAYER_STOP_SECONDS: '1' });
  const connection = await KeptConnection.open(collector.otlp);
  expect(await connection.post(protobufBody(typicalBody(seeded(1), 7)))).toBe(200);
  const started = performance.now();
  const ended = new Promise<number | null>((resolve) => collector.child.once('exit', resolve));
  collector.child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(performance.now() - started).toBeGreaterThan(900);
  expect(collector.stderr()).toMatch(/ended; (\d+) spans counted, \1 of them after the last scrape\n$/);
});
