import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Counter, Histogram, Registry } from 'prom-client';
import { METRICS } from '../../src/contract/index.ts';
import { decodeRequest, type RawRequest } from '../../test/support/otlp-schema.ts';

/**
 * The collector one would write first: @bufbuild/protobuf or JSON.parse, then prom-client for every span. Two metrics of the
 * contract only (calls and duration), which is less than faultlayer counts.
 */
const registers = [new Registry()];
const calls = new Counter({
  name: METRICS.calls.name,
  help: METRICS.calls.help,
  labelNames: [...METRICS.calls.labels],
  registers,
});
const duration = new Histogram({
  name: METRICS.duration.name,
  help: METRICS.duration.help,
  labelNames: [...METRICS.duration.labels],
  buckets: [...METRICS.duration.buckets],
  registers,
});

type Json = Record<string, never>;
type Pair = { key: string; value?: { value?: { value?: unknown } } & Record<string, unknown> };
const text = (pair: Pair, json: boolean): string =>
  String((json ? Object.values(pair.value ?? {})[0] : pair.value?.value?.value) ?? '');

function count(request: RawRequest, json: boolean): void {
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const service = ((resource?.attributes ?? []) as unknown as Pair[]).find((a) => a.key === 'service.name');
    for (const { spans } of scopeSpans)
      for (const span of spans) {
        const a = new Map((span.attributes as unknown as Pair[]).map((pair) => [pair.key, text(pair, json)]));
        if (service) a.set('service.name', text(service, json));
        const labels = (names: readonly string[]) =>
          Object.fromEntries(names.map((n) => [n, a.get(ATTRIBUTE[n]!) ?? '']));
        calls.inc(labels(METRICS.calls.labels));
        const seconds = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e9;
        duration.observe(labels(METRICS.duration.labels), seconds);
      }
  }
}
const ATTRIBUTE: Record<string, string> = {
  service_name: 'service.name',
  api_provider_name: 'api.provider.name',
  server_address: 'server.address',
  http_request_method: 'http.request.method',
  url_template: 'url.template',
  api_status_class: 'api.status.class',
  http_response_status_code: 'http.response.status_code',
  api_failure_layer: 'api.failure.layer',
  api_failure_reason: 'api.failure.reason',
  api_provider_code: 'api.provider.code',
};

createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (c: Buffer) => chunks.push(c));
  req.on('end', () => {
    const raw = Buffer.concat(chunks);
    const body = req.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    const json = req.headers['content-type'] === 'application/json';
    count(json ? (JSON.parse(body.toString()) as Json as never) : decodeRequest(body), json);
    res.writeHead(200, { 'content-type': req.headers['content-type']! }).end(json ? '{}' : undefined);
  });
}).listen(Number(process.env['BENCH_OTLP_PORT']), '127.0.0.1');
createServer((_req, res) => {
  void registers[0]!.metrics().then((page) => res.end(page));
}).listen(Number(process.env['BENCH_HTTP_PORT']), '127.0.0.1');
