import { type IncomingHttpHeaders, request } from 'node:http';
import type { CollectorContext } from '../../collector/base/context.ts';
import { type Collector, startCollector } from '../../collector/index.ts';
import { loadConfig } from '../../src/config.ts';
import { parsePage, type Sample } from './exposition.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request as written, answered whole. Rejects when the connection fails before an answer. */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: Uint8Array | string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(
      url,
      { method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (c: Buffer) => chunks.push(c));
        res.on('end', () => resolve({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks) }));
        res.on('error', reject);
      },
    );
    req.on('error', reject);
    req.end(options.body);
  });
}

export interface TestCollector extends Collector {
  /** Posts to /v1/traces; protobuf unless a string is given. */
  post(body: Uint8Array | string, headers?: Record<string, string>): Promise<Answer>;
  samples(): Promise<Sample[]>;
  readonly context: CollectorContext;
}

/** A collector on free loopback ports. */
export async function testCollector(env: Record<string, string> = {}): Promise<TestCollector> {
  const { config, problems } = loadConfig({ FAULTLAYER_OTLP_PORT: '0', FAULTLAYER_HTTP_PORT: '0', ...env });
  if (problems.length > 0) throw new Error(problems.join('; '));
  const collector = await startCollector(config);
  return {
    ...collector,
    post: (body, headers = {}) =>
      send(`${collector.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: {
          'content-type': typeof body === 'string' ? 'application/json' : 'application/x-protobuf',
          ...headers,
        },
        body,
      }),
    samples: async () => parsePage((await send(`${collector.httpUrl}/metrics`)).body.toString()),
  };
}
