import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeTraces } from '../support/otlp-decode.ts';

/** A finished span as its own SDK sent it. */
export interface Exported {
  readonly scope: string;
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Microseconds; 0 of Sentry's own, which come in order. */
  readonly startMicros: number;
}
export interface ExportSink {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** The same place, as Sentry names it. */
  readonly dsn: string;
  readonly spans: Exported[];
  close(): Promise<void>;
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

interface SentrySpan {
  readonly description?: string;
  readonly op?: string;
  readonly origin?: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
  readonly data?: Record<string, unknown>;
}
const sentrySpan = (span: SentrySpan, name: string): Exported => ({
  scope: span.origin ?? '',
  name,
  kind: span.op === 'http.client' ? 'client' : 'internal',
  traceId: span.trace_id,
  spanId: span.span_id,
  parentSpanId: span.parent_span_id ?? '',
  attributes: span.data ?? {},
  startMicros: 0,
});

interface StreamedSpan {
  readonly name: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
  readonly attributes?: Record<string, { value: unknown }>;
}
const streamedSpan = ({ name, attributes = {}, ...ids }: StreamedSpan): Exported => {
  const data = Object.fromEntries(Object.entries(attributes).map(([key, { value }]) => [key, value]));
  const [op, origin] = [String(data['sentry.op'] ?? ''), String(data['sentry.origin'] ?? '')];
  return sentrySpan({ ...ids, op, origin, data }, name);
};

/** Sentry's envelope: a header, then pairs of an item's header and its payload, one JSON document a line. */
function sentrySpans(envelope: string): Exported[] {
  const lines = envelope.split('\n').filter(Boolean);
  const found: Exported[] = [];
  for (let i = 1; i + 1 < lines.length; i += 2) {
    const { type } = JSON.parse(lines[i]!) as { type: string };
    if (type === 'span')
      found.push(...(JSON.parse(lines[i + 1]!) as { items: StreamedSpan[] }).items.map(streamedSpan));
    if (type !== 'transaction') continue;
    const event = JSON.parse(lines[i + 1]!) as {
      transaction: string;
      contexts: { trace: SentrySpan };
      spans: SentrySpan[];
    };
    found.push(sentrySpan(event.contexts.trace, event.transaction));
    found.push(...event.spans.map((span) => sentrySpan(span, span.description ?? '')));
  }
  return found;
}

/** Takes what OpenTelemetry and Sentry SDKs send, in whatever form. */
export async function exportSink(): Promise<ExportSink> {
  const spans: Exported[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = req.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      if (req.url?.includes('/envelope')) spans.push(...sentrySpans(body.toString()));
      else if (req.url === '/v1/traces')
        for (const { scope, kind, name, traceId, spanId, parentSpanId, attributes, startNanos } of decodeTraces(body))
          spans.push({
            scope: scope.name,
            kind: KINDS[kind] ?? '',
            name,
            traceId,
            spanId,
            parentSpanId,
            attributes,
            startMicros: Number(startNanos / 1000n),
          });
      res.writeHead(200).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    dsn: `http://public@127.0.0.1:${port}/1`,
    spans,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
