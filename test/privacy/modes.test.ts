import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { otlpSink } from '../support/otlp-sink.ts';
import { preloaded } from '../support/preload.ts';
import { runNode } from '../support/run-node.ts';
import { waitFor } from '../support/wait-for.ts';
import { leaks } from './canaries.ts';
import { type PlannedProvider, plannedProvider } from './provider.ts';

// Spans that OpenTelemetry's own instrumentations make carry more than ours: `url.path`, `url.query`, exceptions. The same canaries must
// not leave in them either. Only the exported bytes are searched: what another SDK logs is not ours.
const AUTO = ['--require', '@opentelemetry/auto-instrumentations-node/register'];

let provider: PlannedProvider;
let folder: string;
let list: string;

beforeAll(async () => {
  provider = await plannedProvider();
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-modes-'));
  list = join(folder, 'calls.json');
  writeFileSync(list, JSON.stringify(provider.plan.calls));
});
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** With bodies switched on the application's own words leave, whatever they mean; what looks like a secret or is called one does not. */
const OWN_WORDS = /^password in (?:request note|request text|response data|GraphQL data)$/;

const JSON_OTLP = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };

it.each([
  ['adopted', AUTO, 'false', {}],
  ['adopted', AUTO, 'true', {}],
  ['own', [], 'true', JSON_OTLP],
  ['auto', AUTO, 'false', {}],
  ['sdk', [], 'false', {}],
  ['sdk', [], 'true', JSON_OTLP],
] as const)('no canary leaves in %s spans', { timeout: 180_000 }, async (mode, before, bodies, more) => {
  const sink = await otlpSink();
  try {
    const app = await runNode([...before, ...preloaded(join(import.meta.dirname, 'app.mjs'), list)], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        FAULTLAYER_SPANS: mode,
        FAULTLAYER_CAPTURE_BODIES: bodies,
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_NODE_RESOURCE_DETECTORS: 'none',
        ...more,
      },
      deadlineMs: 150_000,
    });
    expect(app.code).toBe(0);
    // The SDK's exporter drops what its queue cannot hold; what came is searched.
    const { calls } = provider.plan;
    const canaries = provider.plan.canaries.filter(({ kind }) => bodies === 'false' || !OWN_WORDS.test(kind));
    const count = () =>
      sink.spans.length || sink.requests.flatMap(({ body }) => body.toString().match(/"spanId":/g) ?? []).length;
    await waitFor(() => count() >= Math.floor(calls.length / 2), `half of ${calls.length} spans, got ${count()}`);
    const bytes = Buffer.concat(sink.requests.map(({ body }) => body));
    expect(bytes.includes('/v1/pears/')).toBe(true);
    expect(bytes.includes('http.request.body.content')).toBe(bodies === 'true');
    expect(leaks(bytes.toString('latin1'), canaries)).toEqual([]);
    expect(leaks(bytes.toString('utf8'), canaries)).toEqual([]);
  } finally {
    await sink.close();
  }
});
