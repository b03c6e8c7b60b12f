import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startCollector } from '../../collector/index.ts';
import { loadConfig } from '../../src/config.ts';
import { interpolate } from './support/interpolate.ts';
import { PANELS } from './support/model.ts';
import { startPrometheus } from './support/prometheus.ts';
import { otlpJson, seeded } from './support/span.ts';
import { callsOf, FLOWS, SCENES } from './support/story.ts';

interface Exemplars {
  data: { exemplars: { labels: Record<string, string> }[] }[];
}

/** A live scrape, because a backfill holds no exemplars: the dots of a panel are traces of the calls behind it. */
it('finds the traces behind the curves that ask for exemplars', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-exemplars-'));
  const { config } = loadConfig({
    FAULTLAYER_OTLP_PORT: '0',
    FAULTLAYER_HTTP_PORT: '0',
    FAULTLAYER_MEMORY_LIMIT: '8192',
  });
  const collector = await startCollector(config);
  const scrape = { job_name: 'faultlayer', static_configs: [{ targets: [new URL(collector.httpUrl).host] }] };
  const prometheus = await startPrometheus(
    folder,
    JSON.stringify({ global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: [scrape] }),
  );
  try {
    const random = seeded(3);
    const asked = PANELS.flatMap(({ panel }) => panel.targets.filter((t) => t.exemplar));
    expect(asked.length).toBeGreaterThan(0);
    const sent = new Set<string>();
    const missing = new Set(asked.map((t) => t.expr!));
    const until = performance.now() + 40_000;
    while (missing.size > 0 && performance.now() < until) {
      const now = Date.now();
      const spans = FLOWS.filter((f) => f.service === 'checkout').flatMap((f) => callsOf(f, now - 1000, 1, 5, random));
      const body = otlpJson({ name: 'checkout', version: '2.5.0' }, spans, random);
      for (const span of body.scopeSpans[0]!.spans) sent.add(span.traceId);
      await fetch(`${collector.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: [body] }),
      });
      const window = { startMs: now - 60_000, endMs: now + 1000, stepSeconds: 15 };
      for (const expr of missing) {
        const parameters = new URLSearchParams({
          query: interpolate(expr, SCENES.deploy_breaks_token.choice, window),
          start: String(window.startMs / 1000),
          end: String(window.endMs / 1000),
        });
        const answer = await fetch(`${prometheus.url}/api/v1/query_exemplars?${parameters}`);
        const labels = ((await answer.json()) as Exemplars).data.flatMap((s) => s.exemplars.map((e) => e.labels));
        if (labels.length === 0) continue;
        expect(labels.filter((l) => !sent.has(l['trace_id']!))).toEqual([]);
        missing.delete(expr);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect([...missing]).toEqual([]);
  } finally {
    await prometheus.stop();
    await collector.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 90_000);
