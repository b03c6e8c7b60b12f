import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ran, runNode } from '../support/run-node.ts';
import { httpServer } from '../support/servers.ts';
import { type Exported, exportSink } from './sink.ts';

/** Applications that trace by themselves, and the header their SDK writes to carry the trace on. */
export const APPS = {
  'otel-1': 'traceparent',
  'otel-2': 'traceparent',
  'otel-3': 'traceparent',
  auto: 'traceparent',
  vercel: 'traceparent',
  'sentry-10': 'sentry-trace',
  sentry: 'sentry-trace',
} as const;
export type App = keyof typeof APPS;

export const fileOf = (app: App, file: string): string => join(import.meta.dirname, app, file);

/** The packages an application has for itself; the others find theirs in the repository's. */
function install(): void {
  for (const name of [...Object.keys(APPS), 'agents']) {
    const cwd = join(import.meta.dirname, name);
    if (existsSync(join(cwd, 'package-lock.json')) && !existsSync(join(cwd, 'node_modules')))
      execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd, stdio: 'ignore' });
  }
}

export interface Observed extends Ran {
  readonly spans: readonly Exported[];
  /** The headers of each request the provider got. */
  readonly headers: readonly Readonly<Record<string, string[] | undefined>>[];
}
export interface Stage extends AsyncDisposable {
  /** Runs an application to its end; it is given the provider's address and one that refuses. */
  run(args: readonly string[], env?: Record<string, string>, role?: 'main' | 'everywhere'): Promise<Observed>;
}

/** A provider on loopback, a place nobody listens at, and a sink that takes whatever the SDKs send. */
export async function stage(): Promise<Stage> {
  install();
  const headers: Observed['headers'][number][] = [];
  const api = await httpServer((req, res) => {
    headers.push(req.headersDistinct);
    if (!req.url?.includes('/fail')) return res.end('fine');
    res.writeHead(503, { 'content-type': 'application/json', 'x-request-id': 'req_1' });
    return res.end('{"error":{"code":"engine_down"}}');
  });
  // The near end of an open connection: nobody listens there, and nobody else can be given the port. Not one that the system hands out: a client that
  // connects there may be given it for its own end, and then is connected to itself.
  const localPort = 20_000 + Math.floor(Math.random() * 10_000);
  const occupier = connect({ port: api.port, host: '127.0.0.1', localPort });
  await once(occupier, 'connect');
  const sink = await exportSink();
  return {
    async run(args, env, role = 'main') {
      headers.length = 0;
      sink.spans.length = 0;
      const [url, refused] = [api.port, occupier.localPort].map((port) => `http://127.0.0.1:${port}`);
      const ran = await runNode([...args, url!, refused!, role], {
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
          OTEL_NODE_RESOURCE_DETECTORS: 'none',
          SENTRY_DSN: sink.dsn,
          ...env,
        },
        deadlineMs: 60_000,
      });
      return { ...ran, spans: [...sink.spans], headers: [...headers] };
    },
    async [Symbol.asyncDispose]() {
      occupier.destroy();
      await sink.close();
      await api[Symbol.asyncDispose]();
    },
  };
}

/** In the order of their start: failures are sent before what went well. */
export const clients = (observed: Observed) =>
  observed.spans.filter((span) => span.kind === 'client').sort((a, b) => a.startMicros - b.startMicros);
const urlOf = ({ attributes }: Exported) =>
  String(attributes['url.full'] ?? attributes['http.url']).replace(/\?.*/, '');

/** Every span with the one above it: what must not change. */
const shape = ({ spans }: Observed) =>
  spans
    .map((s) => `${s.scope}: ${s.kind} ${s.name} below ${spans.find((p) => p.spanId === s.parentSpanId)?.name}`)
    .map((line) => line.replace('s3cr3t', 'REDACTED'))
    .toSorted();

/** Each call's client span by its instrumentation and URL, with the names of what is on it. */
const attributeNames = (observed: Observed) =>
  new Map(clients(observed).map((span) => [`${span.scope} ${urlOf(span)}`, Object.keys(span.attributes)]));

/** The application is as it was without us, and its client spans say what failed. `threads` is how often it made its calls. */
export function expectAdopted(app: App, bare: Observed, ours: Observed, threads = 1): void {
  expect(ours).toMatchObject({ code: bare.code, signal: bare.signal, stdout: bare.stdout, stderr: bare.stderr });
  expect(clients(bare)).toHaveLength(6 * threads);
  expect(shape(ours)).toEqual(shape(bare));
  const names = attributeNames(ours);
  for (const [call, before] of attributeNames(bare)) expect(names.get(call)).toEqual(expect.arrayContaining(before));

  const told = (span: Exported) => [
    span.attributes['api.failure.layer'] ?? 'ok',
    span.attributes['error.type'],
    span.attributes['api.provider.code'],
    span.attributes['api.provider.request_id'],
  ];
  for (const span of clients(ours)) {
    const path = new URL(urlOf(span)).pathname;
    if (path === '/') expect(told(span)).toEqual(['tcp', 'tcp.refused', undefined, undefined]);
    else if (path.endsWith('/fail')) expect(told(span)).toEqual(['service', '503', 'engine_down', 'req_1']);
    else expect(told(span)).toEqual(['ok', undefined, undefined, undefined]);
  }
  expect(JSON.stringify(ours.spans)).not.toContain('s3cr3t');

  // one header a request, and it names the span that was exported
  const carried = (observed: Observed) => observed.headers.map((h) => [h['traceparent'], h['sentry-trace']]);
  const ids = new Set(clients(ours).map((span) => `${span.traceId}-${span.spanId}`));
  expect(ours.headers).toHaveLength(bare.headers.length);
  for (const [i, pair] of carried(ours).entries())
    expect(pair.map((values) => values?.length)).toEqual(carried(bare)[i]!.map((values) => values?.length));
  const written = ours.headers.flatMap((headers) => headers[APPS[app]] ?? []);
  expect(written.length).toBeGreaterThan(0);
  for (const value of written) expect(ids).toContain(/[0-9a-f]{32}-[0-9a-f]{16}/.exec(value)?.[0]);
}
