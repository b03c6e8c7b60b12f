import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startCollector } from '../../../collector/index.ts';
import { loadConfig } from '../../../src/config.ts';
import { otlpJson, seeded } from './span.ts';
import { callsOf, FLOWS, minutes, STORY_MINUTES, versionOf } from './story.ts';

export const STEP_SECONDS = 15;
const LABELS = 'instance="127.0.0.1:9468",job="faultlayer"';

/** One sample of the text format (0.0.4) with the scrape's labels and time, as a scrape would have stored it. */
const stored = (line: string, seconds: number): string => {
  const space = line.lastIndexOf(' ');
  const name = line.slice(0, space);
  const labelled = name.endsWith('}')
    ? `${name.slice(0, -1)}${name.endsWith('{}') ? '' : ','}${LABELS}}`
    : `${name}{${LABELS}}`;
  return `${labelled} ${line.slice(space + 1)} ${seconds}`;
};

async function post(url: string, body: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return { status: answer.status, text: await answer.text() };
}

/** What each process says of its calls that have not ended. */
function flights(minutesAgo: number): string {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const gauge = (name: string, provider: string, asDouble: number) => ({
    name,
    gauge: { dataPoints: [{ attributes: [text('api.provider.name', provider), text('phase', 'wait')], asDouble }] },
  });
  const resourceMetrics = FLOWS.map((f) => ({
    resource: { attributes: [text('service.name', f.service), text('service.instance.id', f.service)] },
    scopeMetrics: [
      {
        metrics: [
          gauge('api.client.in_flight', f.provider, 1 + (Math.floor(minutesAgo) % 3)),
          gauge('api.client.oldest_in_flight', f.provider, 0.2 + (minutesAgo % 1)),
        ],
      },
    ],
  }));
  return JSON.stringify({ resourceMetrics });
}

/**
 * Plays the story to a real collector over OTLP/HTTP, with the clock moved along, and reads /metrics after every step as
 * Prometheus would. The samples become blocks of a real Prometheus database, so that an hour is there in seconds.
 */
export async function backfill(folder: string, endMs: number): Promise<{ bodies: string[] }> {
  const realNow = Date.now;
  const random = seeded(7);
  const file = join(folder, 'story.om');
  const out = openSync(file, 'w');
  const bodies: string[] = [];
  const { config } = loadConfig({
    FAULTLAYER_OTLP_PORT: '0',
    FAULTLAYER_HTTP_PORT: '0',
    FAULTLAYER_MEMORY_LIMIT: '8192',
  });
  let now = endMs - minutes(STORY_MINUTES);
  Date.now = () => now;
  const collector = await startCollector(config);
  const door = `${collector.otlpUrl}/v1/traces`;
  try {
    while (now < endMs) {
      const minutesAgo = (endMs - now) / minutes(1);
      const byService = Map.groupBy(FLOWS, (f) => f.service);
      const resourceSpans = [...byService].map(([name, flows]) =>
        otlpJson(
          { name, version: versionOf(name, minutesAgo) },
          flows.flatMap((f) => callsOf(f, now, minutesAgo, STEP_SECONDS, random)),
          random,
        ),
      );
      // A server span and, now and then, a body that is none: the pipeline's own panels count those.
      resourceSpans[0]!.scopeSpans[0]!.spans.push({ ...resourceSpans[0]!.scopeSpans[0]!.spans[0]!, kind: 2 });
      const body = JSON.stringify({ resourceSpans });
      now += STEP_SECONDS * 1000;
      const { status, text } = await post(door, body);
      await post(`${collector.otlpUrl}/v1/metrics`, flights(minutesAgo));
      if (status !== 200) throw new Error(`the collector answered ${status}: ${text}`);
      if (minutesAgo < 10) bodies.push(body);
      if (now % minutes(10) < STEP_SECONDS * 1000) await post(door, 'no json');
      const page = await fetch(`${collector.httpUrl}/metrics`, {
        headers: {
          accept: 'text/plain',
          'user-agent': 'Prometheus/2.42.0',
          'x-prometheus-scrape-timeout-seconds': '10',
        },
      });
      const samples = (await page.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      writeSync(out, `${samples.map((line) => stored(line, now / 1000)).join('\n')}\n`);
    }
  } finally {
    Date.now = realNow;
    await collector.close();
  }
  writeSync(out, '# EOF\n');
  closeSync(out);
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, join(folder, 'data')]);
  return { bodies };
}
