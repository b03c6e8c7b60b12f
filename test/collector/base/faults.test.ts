import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Faults } from '../../../collector/base/faults.ts';
import { Log } from '../../../collector/base/log.ts';
import { startCollector } from '../../../collector/index.ts';
import { loadConfig } from '../../../src/config.ts';
import { sumOf } from '../../support/exposition.ts';
import { protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';
import { send, testCollector } from '../../support/test-collector.ts';

let printed = '';
beforeEach(() => {
  printed = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());
const stacks = (): number => printed.match(/^ {4}at .+faults\.test\.ts/gm)?.length ?? 0;

it('tells a fault of its own with its stack once, and counts every one by place', async () => {
  const collector = await testCollector();
  try {
    const { aggregator } = collector.context;
    const commit = aggregator.commit.bind(aggregator);
    let calls = 0;
    aggregator.commit = () => {
      throw new Error(`row ${++calls} is broken`);
    };
    const body = protobufBody(typicalBody(seeded(1), 1));
    for (let i = 0; i < 5; i++) expect((await collector.post(body)).status).toBe(500);
    aggregator.commit = commit;
    collector.exposition.pieces = () => {
      throw new Error('no page');
    };
    const answer = await send(`${collector.httpUrl}/metrics`);
    expect([answer.status, answer.body.toString()]).toEqual([500, 'internal error\n']);
    Reflect.deleteProperty(collector.exposition, 'pieces');
    collector.context.onFailedSpan(() => {
      throw new Error('no record');
    });
    const failed = typicalBody(seeded(2), 1);
    Object.assign(failed[0]!.spans[0]!.attributes!, { 'api.failure.layer': 'dns' });
    expect((await collector.post(protobufBody(failed))).status).toBe(200);
    const samples = await collector.samples();
    const counted = (place: string): number => sumOf(samples, 'faultlayer_faults_total', { place });
    expect([counted('otlp'), counted('http'), counted('evidence'), counted('timer')]).toEqual([5, 1, 1, 0]);
    expect(printed.match(/^faultlayer: a fault of its own \(\w+\)/gm)).toEqual([
      'faultlayer: a fault of its own (otlp)',
      'faultlayer: a fault of its own (http)',
      'faultlayer: a fault of its own (evidence)',
    ]);
    expect(printed).toContain('Error: row 1 is broken');
    expect(stacks()).toBeGreaterThanOrEqual(3);
  } finally {
    await collector.close();
  }
});

it('prints every fault at level debug, ten a minute at most', () => {
  let now = 0;
  const lines: string[] = [];
  const faults = new Faults(new Log('debug', (line) => lines.push(line)), () => now);
  for (let i = 0; i < 30; i++) faults.caught('otlp', new Error('again'));
  expect([lines.length, faults.counts.otlp]).toEqual([10, 30]);
  now += 60_000;
  faults.caught('otlp', new Error('again'));
  faults.caught('http', 'no error at all');
  expect(lines.slice(10).map((line) => line.split('\n')[0])).toEqual([
    'faultlayer: a fault of its own (otlp); please report it: Error: again',
    'faultlayer: a fault of its own (http); please report it: not an Error: no error at all',
  ]);
});

it('takes its level from FAULTLAYER_LOG_LEVEL', async () => {
  const { config, problems } = loadConfig({ FAULTLAYER_LOG_LEVEL: 'debug' });
  const collector = await startCollector({ ...config, otlpPort: 0, httpPort: 0 });
  await collector.close();
  expect([problems, collector.context.log.level]).toEqual([[], 'debug']);
  expect(loadConfig({ FAULTLAYER_LOG_LEVEL: 'loud' }).problems).toHaveLength(1);
});
