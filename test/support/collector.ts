import { createHash } from 'node:crypto';
import { type Collector, startCollector } from '../../collector/index.ts';
import { type Config, loadConfig } from '../../src/config.ts';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface CollectorUnderTest extends AsyncDisposable {
  readonly collector: Collector;
  readonly httpUrl: string;
  readonly httpPort: number;
  /** Sends failed spans over OTLP/HTTP, JSON encoding; resolves when they are kept. */
  fail(...spans: readonly Attributes[]): Promise<void>;
}

export const TOKEN = 'test-token-4d1f';

/** A whole collector in this process, on free ports, with a token of the test’s own. */
export async function collectorUnderTest(members: Partial<Config> = {}): Promise<CollectorUnderTest> {
  const { config } = loadConfig({});
  const collector = await startCollector({ ...config, otlpPort: 0, httpPort: 0, httpToken: TOKEN, ...members });
  let count = 0;
  return {
    collector,
    httpUrl: collector.httpUrl,
    httpPort: Number(new URL(collector.httpUrl).port),
    async fail(...spans) {
      const response = await fetch(`${collector.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: spans.map((span) => resourceSpan(span, ++count)) }),
      });
      if (!response.ok) throw new Error(`the collector answered ${response.status}: ${await response.text()}`);
      await response.text();
    },
    [Symbol.asyncDispose]: () => collector.close(),
  };
}

/** `age` is seconds before now, `duration` seconds; `service.*` and `deployment.*` go to the resource. */
function resourceSpan({ age = 0, duration = 0.12, ...attributes }: Attributes, n: number): unknown {
  const start = BigInt(Math.round((Date.now() / 1000 - Number(age)) * 1e6)) * 1000n;
  const list = (wanted: (name: string) => boolean): unknown =>
    Object.entries(attributes)
      .filter(([name]) => wanted(name))
      .map(([key, value]) => ({
        key,
        value:
          typeof value === 'string'
            ? { stringValue: value }
            : typeof value === 'boolean'
              ? { boolValue: value }
              : Number.isInteger(value)
                ? { intValue: String(value) }
                : { doubleValue: value },
      }));
  const ofResource = (name: string): boolean => /^(service|deployment)\./.test(name);
  return {
    resource: { attributes: list(ofResource) },
    scopeSpans: [
      {
        spans: [
          {
            traceId: createHash('sha256').update(String(n)).digest('hex').slice(0, 32),
            spanId: n.toString(16).padStart(16, 'b'),
            name: 'GET',
            kind: 3,
            startTimeUnixNano: String(start),
            endTimeUnixNano: String(start + BigInt(Math.round(Number(duration) * 1e9))),
            attributes: list((name) => !ofResource(name)),
          },
        ],
      },
    ],
  };
}
