import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sumOf } from '../../support/exposition.ts';
import { otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { root, runNode } from '../../support/run-node.ts';
import { testCollector } from '../../support/test-collector.ts';
import { waitFor } from '../../support/wait-for.ts';

const CLASSES = ['ws', 'undici', 'native'];
/** Of each class one session ends well, one is cut, and one closed with 1011. */
const SESSIONS = 3 * CLASSES.length;
const ABNORMAL = 2 * CLASSES.length;

it.each([
  ['adopted', 'yes'],
  ['made through its provider', 'no'],
] as const)(
  'ends of WebSockets are counted, and none is a span of the application, whose spans are %s',
  async (_, made) => {
    const applications = await otlpSink();
    const collector = await testCollector();
    try {
      const { code, stdout } = await runNode(['--require', 'faultlayer/register', 'apps/adopted-sockets.mjs'], {
        cwd: fieldApp('streams'),
        env: {
          APPLICATIONS: applications.url,
          CHECKOUT: join(root, 'package.json'),
          MADE: made,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpUrl,
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
        },
      });
      expect(code).toBe(0);
      for (const name of CLASSES)
        expect(stdout).toContain(`${name} good: 1000\n${name} cut: 1006\n${name} broken: 1011\n`);
      const ends = async () => sumOf(await collector.samples(), 'api_client_websocket_ends_total');
      await waitFor(async () => (await ends()) >= ABNORMAL, 'the ends');
      expect(await ends()).toBe(ABNORMAL);
      expect(sumOf(await collector.samples(), 'api_client_calls_total')).toBe(0);

      // OpenTelemetry's instrumentation of undici begins spans of WebSockets that it never ends, with us or without
      const spans = applications.spans.filter(({ kind }) => kind === 3);
      expect(spans).toHaveLength(made === 'yes' ? SESSIONS / CLASSES.length : SESSIONS);
      for (const { attributes: a } of applications.spans) {
        expect(a).not.toHaveProperty(['api.websocket.close_code']);
        expect(a['api.failure.reason']).toBeUndefined();
      }
    } finally {
      await applications.close();
      await collector.close();
    }
  },
);
