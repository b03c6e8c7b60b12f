import { cleanCode } from '../../src/aggregate/clean.ts';
import { LAYERS, METRICS, PHASES, REASONS } from '../../src/contract/index.ts';
import { layerOfStatus } from '../../src/layers/answer.ts';
import { weightOfState } from '../../src/sampling/threshold.ts';
import type { AnyValue, RawRequest } from './otlp-schema.ts';

type Plain = string | number | boolean;
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'];
/** As the semantic conventions have it: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration */
const SEMCONV = {
  name: 'http_client_request_duration_seconds',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
};
const SEMCONV_LABELS = ['service_name', 'http_request_method', 'server_address', 'http_response_status_code'];
const RETRIES = ['safe', 'unsafe', 'early', 'pointless'];
const closed = (value: string, values: readonly string[]): string =>
  value === '' || values.includes(value) ? value : '__other__';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', '_OTHER'];

function bag(attributes: { key: string; value?: AnyValue | undefined }[] = []) {
  const values = new Map<string, Plain>();
  for (const { key, value } of attributes) {
    const v = value?.value;
    if (v?.case === 'stringValue' || v?.case === 'boolValue' || v?.case === 'doubleValue')
      values.set(key, v.value as Plain);
    else if (v?.case === 'intValue') values.set(key, Number(v.value));
  }
  return values;
}

/** Counters and histogram counts a request must lead to, written down as plainly as possible: names and labels as text, no tables. */
export function referenceMetrics(request: RawRequest): Map<string, number> {
  const out = new Map<string, number>();
  const add = (name: string, labels: Record<string, string>, by: number): void => {
    const key = `${name}${JSON.stringify(Object.entries(labels).sort())}`;
    out.set(key, (out.get(key) ?? 0) + by);
  };
  const histogram = (
    metric: { name: string; buckets: readonly number[] },
    labels: Record<string, string>,
    v: number,
    w: number,
  ): void => {
    for (const le of metric.buckets)
      add(`${metric.name}_bucket`, { ...labels, le: Number.isInteger(le) ? `${le}.0` : String(le) }, v <= le ? w : 0);
    add(`${metric.name}_bucket`, { ...labels, le: '+Inf' }, w);
    add(`${metric.name}_count`, labels, w);
  };
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const r = bag(resource?.attributes);
    for (const { spans } of scopeSpans)
      for (const span of spans) {
        const a = bag(span.attributes);
        const text = (...keys: string[]): string => {
          for (const key of keys) if (typeof a.get(key) === 'string' && a.get(key) !== '') return a.get(key) as string;
          return '';
        };
        const validId = (id: Uint8Array, length: number): boolean => id.length === length && id.some((b) => b !== 0);
        if (!validId(span.traceId, 16) || !validId(span.spanId, 8) || span.kind !== 3) continue;
        const rawMethod = text('http.request.method', 'http.method');
        if (rawMethod === '' && text('api.status.class') === '') continue;
        const status = a.get('http.response.status_code') ?? a.get('http.status_code') ?? '';
        const layer = text('api.failure.layer');
        const reason = text('api.failure.reason');
        const code = text('api.provider.code');
        const statusClass = text('api.status.class');
        const derived =
          statusClass === '' && layer === '' && status !== '' ? (layerOfStatus(Number(status)) ?? '') : layer;
        const service = typeof r.get('service.name') === 'string' ? (r.get('service.name') as string) : '';
        const labels: Record<string, string> = {
          service_name: service,
          api_provider_name: text('api.provider.name') || text('server.address', 'net.peer.name'),
          server_address: text('server.address', 'net.peer.name'),
          http_request_method: rawMethod === '' || METHODS.includes(rawMethod) ? rawMethod : '_OTHER',
          url_template: text('url.template'),
          api_status_class: closed(statusClass, CLASSES) || (status === '' ? 'none' : `${String(status)[0]}xx`),
          http_response_status_code: String(status),
          api_failure_layer: derived === '' || LAYERS.some((l) => l.name === derived) ? derived : 'unknown',
          api_failure_reason: closed(reason, Object.keys(REASONS)),
          api_provider_code: code === '' ? '' : (cleanCode(code) ?? '__other__'),
        };
        const known = Object.keys(REASONS).includes(reason) ? reason : '_OTHER';
        const errorType = derived === '' ? '' : Number(status) >= 400 ? String(status) : known;
        const random = Buffer.from(span.spanId).readUInt32BE(0) / 2 ** 32;
        const weight = weightOfState(span.traceState);
        const w = Math.floor(weight) + (random < weight - Math.floor(weight) ? 1 : 0);
        const only = (names: readonly string[]) => Object.fromEntries(names.map((n) => [n, labels[n]!]));
        add(METRICS.calls.name, labels, w);
        if (span.startTimeUnixNano > 0n && span.endTimeUnixNano >= span.startTimeUnixNano) {
          const seconds = Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e9;
          if (seconds <= 86_400) histogram(METRICS.duration, only(METRICS.duration.labels), seconds, w);
          if (seconds <= 86_400) histogram(SEMCONV, { ...only(SEMCONV_LABELS), error_type: errorType }, seconds, w);
        }
        const pair = only(['service_name', 'api_provider_name']);
        for (const phase of PHASES) {
          const v = a.get(`api.timing.${phase}`);
          if (typeof v === 'number' && v >= 0 && v <= 86_400) histogram(METRICS.phase, { ...pair, phase }, v, w);
        }
        if (a.get('api.request.repeated') === true) add(METRICS.repeatedReads.name, pair, w);
        if (text('api.retry.kind'))
          add(METRICS.retries.name, { ...pair, api_retry_kind: closed(text('api.retry.kind'), RETRIES) }, w);
        const after = a.get('api.retry.after');
        if (typeof after === 'number' && after >= 0 && Number.isFinite(after))
          histogram(METRICS.retryAfter, pair, after, w);
      }
  }
  return out;
}
