import {
  Aggregator,
  type CallIds,
  CONTENT_TYPES,
  END,
  Exposition,
  type Format,
  formatOf,
  Observer,
  rebound,
  scraperOf,
} from '../src/aggregate/index.ts';
import { fieldOf, MessageWriter } from '../src/aggregate/message.ts';
import { header } from '../src/aggregate/metrics-page.ts';
import { SELF_METRICS } from '../src/contract/self-metrics.ts';
import { builtin } from './base/builtin.ts';
import type { InFlight } from './in-flight.ts';
import { hasMeterProvider } from './span/context.ts';

type Attributes = Readonly<Record<string, unknown>>;
export type MetricsPort = ReturnType<typeof start>;

const IDLE_SECONDS = 3600;
const EVICT_EVERY_MS = 60_000;

/** Own faults by place, as a collector tells its own; nothing while there is none. */
function ownFaults(faults: ReadonlyMap<string, number>, format: Format): Uint8Array {
  const out = new MessageWriter();
  const { name, help, type } = SELF_METRICS.faults;
  if (faults.size > 0 && format === 'protobuf')
    out.family({ name, help, type }, () => {
      for (const [place, n] of faults)
        out.message(4, () => {
          out.label('place', place);
          out.message(fieldOf(type), () => out.double(1, n));
        });
    });
  else if (faults.size > 0) {
    out.text(header({ name, help, type }, format === 'openMetrics'));
    for (const [place, n] of faults) out.text(`${name}{place=${JSON.stringify(place)}} ${n}\n`);
  }
  if (format === 'openMetrics') out.text(END);
  return out.bytes.subarray(0, out.length);
}

/**
 * Serves the contract's metrics from the service itself, on loopback. Counting goes on when the port cannot be opened (a second
 * worker of a cluster); nothing here keeps the process alive.
 */
export function start(
  port: number,
  onProblem: (sentence: string) => void = () => {},
  inFlight: () => readonly InFlight[] = () => [],
  faults: ReadonlyMap<string, number> = new Map(),
  { 'service.name': service = '', 'service.instance.id': instance = '' }: Attributes = {},
) {
  const aggregator = new Aggregator();
  const exposition = new Exposition(aggregator);
  const observer = new Observer(aggregator);
  aggregator.semconv = true;
  /** Calls in flight, and whether the application has the conventions' histogram from its own MeterProvider, are looked at when somebody asks. */
  const report = () => {
    aggregator.semconv = !hasMeterProvider();
    aggregator.beginReport(true);
    for (const { count, oldest, ...of } of inFlight()) {
      // as an instance would send them: whose they are stands in the resource
      const whose = { ...of, service: String(service), instance: String(instance) };
      aggregator.report('inFlight', { ...whose, value: count });
      aggregator.report('oldestInFlight', { ...whose, value: oldest });
    }
  };
  const { createServer } = builtin('node:http');
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (req, res) => {
    const path = req.url?.split('?', 1)[0];
    if (rebound(req.socket.localAddress, req.headers.host)) {
      res.writeHead(403).end();
      return;
    }
    if (req.method !== 'GET' || path !== '/metrics') {
      res.writeHead(path === '/metrics' ? 405 : 404, { 'content-type': 'text/plain' }).end();
      return;
    }
    report();
    const format = formatOf(req.headers.accept, ['protobuf', 'openMetrics', 'text']);
    const page = exposition.render(format, scraperOf(req.headers, req.socket.remoteAddress));
    res.writeHead(200, { 'content-type': CONTENT_TYPES[format] });
    res.write(page);
    res.end(ownFaults(faults, format));
  });
  server.maxConnections = 16;
  // tracers of the application wrap the prototype's: a scrape is no request of the application
  server.emit = builtin('node:events').prototype.emit;
  const ready = new Promise<string | undefined>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      onProblem(`FAULTLAYER_METRICS_PORT: port ${port} cannot be opened (${error.code})`);
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/metrics` : undefined);
    });
  });
  server.on('connection', (socket) => socket.unref());
  server.unref();
  const evictions = setInterval(() => {
    if (aggregator.evict(IDLE_SECONDS) > 0) observer.forget();
  }, EVICT_EVERY_MS).unref();
  return {
    /** Counts one finished call of `seconds`, from its span attributes and its resource's. Never throws. */
    observe(attributes: Attributes, resource: Attributes, seconds: number, ids?: CallIds): void {
      observer.observe(attributes, resource, seconds, ids);
    },
    /** Where the metrics are once the port is open, e.g. `http://127.0.0.1:9467/metrics`; undefined when it could not be opened. */
    ready,
    stop(): void {
      clearInterval(evictions);
      server.close();
      server.closeAllConnections();
    },
  };
}
