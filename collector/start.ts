import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { Aggregator, Exposition } from '../src/aggregate/index.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { providerName } from '../src/providers/index.ts';
import { useOwnRules } from '../src/redact/index.ts';
import { createConnections, httpServer, type Pem, sendersThatFit } from './base/connections.ts';
import type { CollectorContext } from './base/context.ts';
import { Faults } from './base/faults.ts';
import { Log } from './base/log.ts';
import { type SelfMetrics, selfMetrics } from './base/own-metrics.ts';
import { Pressure } from './base/pressure.ts';
import { createFailedSpans } from './evidence/failed-spans.ts';
import { startEvidence } from './evidence/index.ts';
import { createForwarder, type Forwarder, parseHeaders } from './forward/forwarder.ts';
import type { CollectorOptions } from './generated/options.ts';
import { LIMITS } from './limits.ts';
import { type Listening, listenAt, StartError } from './listen.ts';
import { createSpanIngest } from './otlp/ingest.ts';
import { createMetricsIngest } from './otlp/metrics.ts';
import { createReceiver } from './otlp/receiver.ts';
import { otlpGrpcServer, otlpHttpServer } from './otlp/servers.ts';
import { startOverview } from './overview.ts';
import { loginPath } from './pages/sign-in.ts';
import { configuredToken } from './pages/token.ts';
import { routes, serve } from './routes.ts';
import { createStopping, drain } from './stopping.ts';

/** A running collector. */
export interface Collector {
  /** Base URL of OTLP over HTTP. */
  readonly otlpUrl: string;
  /** URL of OTLP over gRPC; undefined where it is off. */
  readonly otlpGrpcUrl: string | undefined;
  /** Base URL of metrics, health and pages. */
  readonly httpUrl: string;
  /** @internal */
  readonly context: CollectorContext;
  /** @internal */
  readonly exposition: Exposition;
  /** A URL that signs one browser in once, within ten minutes; each call makes the one before invalid. */
  loginUrl(): string;
  /** Reads the certificate and key anew, for new connections; what cannot be used is logged and leaves the old ones. */
  reload(): void;
  /**
   * Stops accepting, finishes what is in flight within five seconds, forwards what is queued, then resolves.
   * `scraped`: before that, waits until /metrics was scraped after the last span, `stopSeconds` at most.
   */
  close(options?: { readonly scraped?: boolean }): Promise<void>;
  /** What was counted, and what of it nobody read or was sent. */
  lastLine(): Promise<string>;
}

const EVICT_EVERY_MS = 60_000;
const GRPC_PORT = 4317;

/**
 * Starts receiving and serving.
 * @throws StartError (the promise rejects) when a port, file or address cannot be used, or there is no WebAssembly.
 */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  const given = { ...loadConfig({}).config, ...(Object.fromEntries(set) as Partial<Config>) };
  const config = { ...given, httpToken: readAs('FAULTLAYER_HTTP_TOKEN_FILE', () => configuredToken(given)) };
  useOwnRules(config);
  const aggregator = new Aggregator({ providerOf: (host) => providerName(host, config.providers) });
  aggregator.semconv = config.semconvMetrics;
  const log = new Log(config.logLevel);
  const faults = new Faults(log);
  const self = selfMetrics(aggregator, faults);
  const failed = createFailedSpans(
    (spans) => self.failedDropped.inc(spans),
    (error) => faults.caught('evidence', error),
  );
  const spans = readAs('OTLP cannot be decoded', () => createSpanIngest(aggregator, failed, self));
  const pressure = new Pressure(config.memoryLimit);
  const closers: (() => void)[] = [];
  let closing = false;
  const context: CollectorContext = {
    config,
    aggregator,
    self,
    log,
    faults,
    live: { readers: 0 },
    notReady: () => (closing ? 'closing' : pressure.now()),
    onFailedSpan: (listener) => failed.on(listener),
    onClose: (listener) => void closers.push(listener),
  };
  const forwarder = config.forwardEndpoint === undefined ? undefined : buildForwarder(config, self);
  const receiver = createReceiver(context, spans, createMetricsIngest(aggregator, self), forwarder);
  const [senders, readers] = [
    createConnections('otlp', sendersThatFit(), log, self.connectionsClosed, self.connectionsRefused),
    createConnections('http', LIMITS.readers, log, self.connectionsClosed, self.connectionsRefused),
  ];
  self.made.read('forwardBytes', () => forwarder?.queued ?? 0);
  self.made.readBy('connections', () => [
    ['otlp', senders.size],
    ['http', readers.size],
  ]);
  const pem = pemOf(config, 'otlp');
  const stopping = createStopping(aggregator, self);
  const exposition = new Exposition(aggregator, () => pressure.room());
  startEvidence(context);
  startOverview(context);
  const evictions = setInterval(
    () => faults.guard('timer', () => exposition.evict(config.seriesIdle)),
    EVICT_EVERY_MS,
  ).unref();
  const otlp: Server[] = [];
  const pages: Server[] = [];
  const stop = async (scraped: boolean): Promise<void> => {
    closing = true;
    clearInterval(evictions);
    pressure.stop();
    await Promise.all(otlp.map((server) => drain(server)));
    if (scraped) await stopping.scraped(config.stopSeconds);
    await forwarder?.close(LIMITS.drainMs);
    await Promise.all(pages.map((server) => drain(server)));
    for (const close of closers) close();
  };
  let at: { http: Listening; grpc: Listening | undefined; pages: Listening };
  try {
    const { otlpHost: host } = config;
    const http = await listenAt(() => otlpHttpServer(receiver, senders, pem), {
      host,
      port: config.otlpPort,
      variable: 'FAULTLAYER_OTLP_PORT',
    });
    otlp.push(...http.servers);
    const grpc = await listenGrpc(() => otlpGrpcServer(receiver, senders, pem), config, log);
    otlp.push(...(grpc?.servers ?? []));
    const all = routes(exposition, (spans) => stopping.read(spans));
    const made = await listenAt(
      () => httpServer(readers, pemOf(config, 'http'), (req, res) => serve(req, res, context, all)),
      { host: config.httpHost, port: config.httpPort, variable: 'FAULTLAYER_HTTP_PORT' },
    );
    pages.push(...made.servers);
    at = { http, grpc, pages: made };
  } catch (error) {
    await stop(false);
    throw error;
  }
  const scheme = config.otlpTlsCert === undefined ? 'http' : 'https';
  const httpUrl = `${config.httpTlsCert === undefined ? 'http' : 'https'}://${at.pages.authority}`;
  let closed: Promise<void> | undefined;
  return {
    otlpUrl: `${scheme}://${at.http.authority}`,
    otlpGrpcUrl: at.grpc && `${scheme}://${at.grpc.authority}`,
    httpUrl,
    context,
    exposition,
    // A browser cannot ask for "every address"; a forwarded port is on its own host.
    loginUrl: () => (config.publicUrl ?? httpUrl.replace(/0\.0\.0\.0|\[::\]/, '127.0.0.1')) + loginPath(context),
    reload: () => {
      reload(config, 'otlp', otlp, log);
      reload(config, 'http', pages, log);
    },
    close: ({ scraped = false } = {}) => (closed ??= stop(scraped)),
    lastLine: async () => stopping.lastLine(),
  };
}

/** The default port that is taken means no gRPC; one that was asked for must be had. */
async function listenGrpc(make: () => Server, config: Config, log: Log): Promise<Listening | undefined> {
  const { otlpGrpcPort: asked, otlpHost: host, otlpPort } = config;
  if (asked === 'off') return undefined;
  const port = asked ?? (otlpPort === 0 ? 0 : GRPC_PORT);
  try {
    return await listenAt(make, { host, port, variable: 'FAULTLAYER_OTLP_GRPC_PORT' });
  } catch (error) {
    if (asked !== undefined) throw error;
    log.warn(`no OTLP/gRPC: ${(error as Error).message}`);
    return undefined;
  }
}

function buildForwarder(config: Config, self: SelfMetrics): Forwarder {
  const headers = readAs('FAULTLAYER_FORWARD_HEADERS', () => parseHeaders(config.forwardHeaders));
  return readAs('FAULTLAYER_FORWARD_ENDPOINT', () => createForwarder(config.forwardEndpoint!, headers, self.forwarded));
}

function readAs<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new StartError(`${what}: ${(error as Error).message}`);
  }
}

function pemOf(config: Config, door: 'otlp' | 'http'): Pem | undefined {
  const [cert, key] = [config[`${door}TlsCert`], config[`${door}TlsKey`]];
  if (cert === undefined && key === undefined) return undefined;
  const read = (file: string | undefined, what: string): Buffer => {
    const variable = `FAULTLAYER_${door.toUpperCase()}_TLS_${what}`;
    if (file === undefined) throw new StartError(`${variable} is needed as well: TLS takes a certificate and its key`);
    return readAs(variable, () => readFileSync(file));
  };
  return { cert: read(cert, 'CERT'), key: read(key, 'KEY') };
}

function reload(config: Config, door: 'otlp' | 'http', servers: readonly Server[], log: Log): void {
  try {
    const pem = pemOf(config, door);
    if (!pem) return;
    for (const server of servers) if ('setSecureContext' in server) (server as TlsServer).setSecureContext(pem);
    log.warn('the certificate was read again');
  } catch (error) {
    log.error(`the certificate was not read again, the old one stays: ${(error as Error).message}`);
  }
}

interface TlsServer extends Server {
  setSecureContext(pem: Pem): void;
}
