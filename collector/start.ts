import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Aggregator, Exposition, isDocumentedCode } from '../src/aggregate/index.ts';
import type { Config } from '../src/config.ts';
import { layerOfStatus } from '../src/layers/answer.ts';
import { providerName } from '../src/providers/index.ts';
import type { CollectorContext } from './base/context.ts';
import { Faults } from './base/faults.ts';
import { Log } from './base/log.ts';
import { Pressure } from './base/pressure.ts';
import { selfMetrics } from './base/self.ts';
import { FailedSpans } from './evidence/failed-spans.ts';
import { Forwarder } from './forward/forwarder.ts';
import { parseHeaders } from './forward/headers.ts';
import { httpServer } from './http-server.ts';
import { LIMITS } from './limits.ts';
import { Renderings } from './metrics/renderings.ts';
import { OtlpHttp } from './otlp/http.ts';
import { SpanIngest } from './otlp/ingest.ts';
import { EXTENSIONS, routes } from './routes.ts';

/** The configuration cannot be used; the message names the variable. */
export class StartError extends Error {}

export interface Collector {
  /** Base URL of the OTLP door. */
  readonly otlpUrl: string;
  /** Base URL of metrics, health and pages. */
  readonly httpUrl: string;
  readonly context: CollectorContext;
  readonly renderings: Renderings;
  /** Stops accepting, finishes what is in flight within five seconds, forwards what is queued, then resolves. */
  close(): Promise<void>;
}

const EVICT_EVERY_MS = 60_000;

/** Starts both servers. Throws StartError when a port, file or address cannot be used, or there is no WebAssembly. */
export async function startCollector(config: Config): Promise<Collector> {
  const aggregator = new Aggregator({
    providerOf: (host) => providerName(host, config.providers),
    layerOf: layerOfStatus,
    documented: isDocumentedCode,
  });
  const log = new Log(config.logLevel);
  const faults = new Faults(log);
  const self = selfMetrics(aggregator, faults);
  const failed = new FailedSpans(
    (spans) => self.failedDropped.inc(spans),
    (error) => faults.caught('evidence', error),
  );
  const intake = readAs('OTLP cannot be decoded', () => new SpanIngest(aggregator, failed, self));
  const pressure = new Pressure(config.memoryLimit);
  const closers: (() => void)[] = [];
  let closing = false;
  const context: CollectorContext = {
    config,
    aggregator,
    self,
    log,
    faults,
    notReady: () => (closing ? 'closing' : pressure.now()),
    onFailedSpan: (listener) => failed.on(listener),
    onClose: (listener) => void closers.push(listener),
  };
  const forwarder = config.forwardEndpoint === undefined ? undefined : buildForwarder(config, self);
  const door = new OtlpHttp(context, intake, forwarder);
  const otlp = otlpServer(config, door);
  const renderings = new Renderings(new Exposition(aggregator), self);
  const pages = httpServer(context, routes(renderings));
  for (const extend of EXTENSIONS) extend(context);
  const evictions = setInterval(
    () => faults.guard('timer', () => aggregator.evict(config.seriesIdle)),
    EVICT_EVERY_MS,
  ).unref();
  const servers = [otlp, pages];
  const stop = async (): Promise<void> => {
    closing = true;
    clearInterval(evictions);
    pressure.stop();
    await Promise.all(servers.map(drain));
    await forwarder?.close(LIMITS.drainMs);
    for (const close of closers) close();
  };
  try {
    await listen(otlp, config.otlpPort, config.otlpHost, 'FAULTLAYER_OTLP_PORT');
    await listen(pages, config.httpPort, config.httpHost, 'FAULTLAYER_HTTP_PORT');
  } catch (error) {
    await stop();
    throw error;
  }
  const scheme = config.otlpTlsCert === undefined ? 'http' : 'https';
  let closed: Promise<void> | undefined;
  return {
    otlpUrl: `${scheme}://${authority(otlp)}`,
    httpUrl: `http://${authority(pages)}`,
    context,
    renderings,
    close: () => (closed ??= stop()),
  };
}

function buildForwarder(config: Config, self: CollectorContext['self']): Forwarder {
  const headers = readAs('FAULTLAYER_FORWARD_HEADERS', () => parseHeaders(config.forwardHeaders));
  return readAs('FAULTLAYER_FORWARD_ENDPOINT', () => new Forwarder(config.forwardEndpoint!, headers, self));
}

function readAs<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new StartError(`${what}: ${(error as Error).message}`);
  }
}

function otlpServer(config: Config, door: OtlpHttp): Server {
  const options = {
    headersTimeout: LIMITS.headersTimeoutMs,
    requestTimeout: LIMITS.requestTimeoutMs,
    keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
    connectionsCheckingInterval: 1000,
  };
  const handle = door.handle.bind(door);
  const server =
    config.otlpTlsCert === undefined && config.otlpTlsKey === undefined
      ? createServer(options, handle)
      : createTlsServer({ ...options, ...readTls(config) }, handle);
  server.maxConnections = LIMITS.connections;
  return server;
}

function readTls(config: Config): { cert: Buffer; key: Buffer } {
  const read = (file: string | undefined, variable: string): Buffer => {
    if (file === undefined) throw new StartError(`${variable} is needed as well: TLS takes a certificate and its key`);
    return readAs(variable, () => readFileSync(file));
  };
  return {
    cert: read(config.otlpTlsCert, 'FAULTLAYER_OTLP_TLS_CERT'),
    key: read(config.otlpTlsKey, 'FAULTLAYER_OTLP_TLS_KEY'),
  };
}

function listen(server: Server, port: number, host: string, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? 'is taken'
          : error.code === 'EACCES'
            ? 'needs a permission'
            : `cannot be used: ${error.code}`;
      reject(new StartError(`port ${port} on ${host} ${why}; set ${variable} to another`));
    });
    server.listen(port, host, () => resolve());
  });
}

function authority(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    const cut = setTimeout(() => server.closeAllConnections(), LIMITS.drainMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
