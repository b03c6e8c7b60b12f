import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type DecodedSpan, decodeTraces } from './otlp-decode.ts';
import { waitFor } from './wait-for.ts';

export interface OtlpSink {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: DecodedSpan[];
  readonly requests: { path: string; headers: IncomingHttpHeaders; body: Buffer }[];
  /** Waits until `count` spans have come. */
  waitForSpans(count: number): Promise<DecodedSpan[]>;
  close(): Promise<void>;
}

/** A collector that remembers every span. `answer` replaces its polite 200. */
export async function otlpSink(
  answer: (req: IncomingMessage, res: ServerResponse) => void = (_req, res) => void res.writeHead(200).end(),
): Promise<OtlpSink> {
  const spans: DecodedSpan[] = [];
  const requests: OtlpSink['requests'] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = req.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      requests.push({ path: req.url ?? '', headers: req.headers, body });
      if (req.headers['content-type'] === 'application/x-protobuf') spans.push(...decodeTraces(body));
      answer(req, res);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    async waitForSpans(count) {
      await waitFor(() => spans.length >= count, `${count} spans, got ${spans.length}`);
      return spans;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
