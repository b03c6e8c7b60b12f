import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { RECORDED } from '../recorded.ts';
import { type Name, number, percent, SPAN, safe, shortened, value } from './fragments.ts';

const R = RECORDED;
const WINDOWS = { '5m': 'page', '15m': 'quarter', '1h': 'hour' } as const;

/** Failures of the series that the page is about: of each code, never the sums beside them. */
const failures = (w: 'page' | 'quarter' | 'hour'): string => `${R.failures(w)}{s,codes=""}`;

/** Without a provider's code the reason says it, and where the reason only says that the answer was an error, the status. */
function codeless(c: Context, about: readonly Name[]): string {
  const by = ['api_failure_reason', 'http_response_status_code'];
  return value(
    about,
    `topk(1, sum by (${by.join(', ')}) (increase(${METRICS.calls.name}{s,api_failure_layer!=""}[${c.w('page')}])))`,
    '{{ with first . }}{{ if eq .Labels.api_failure_reason "http.error" }}HTTP {{ .Labels.http_response_status_code }}{{ else }}{{ .Labels.api_failure_reason }}{{ end }}{{ end }}',
    'failures without a code',
  );
}

/** The labels of the largest rows, one after the other. */
const names = (about: readonly Name[], query: string, label: string, otherwise: string): string =>
  value(
    about,
    query,
    `{{ range $i, $e := . }}{{ if $i }}, {{ end }}{{ ${shortened(`$e.Labels.${label}`, 40)} }}{{ end }}`,
    otherwise,
  );

/** What `{name}` in a summary or description becomes. */
export function placeholders(c: Context, about: readonly Name[]): Record<string, string> {
  const count = (query: string) => value(about, query, number, 'some');
  const top = `topk(1, sum by (api_provider_code, api_failure_layer) (${failures('quarter')}))`;
  return {
    service: '{{ $service }}',
    provider: '{{ $provider }}',
    layer: '{{ $layer }}',
    server: about.includes('server_address') ? '{{ $server }}' : safe('server_address'),
    code: `{{ if $code }}{{ $code }}{{ else }}${codeless(c, about)}{{ end }}`,
    topCode: value(
      about,
      top,
      `{{ with first . }}{{ if .Labels.api_provider_code }}{{ ${shortened('.Labels.api_provider_code', 60)} }}{{ else }}failures at the {{ .Labels.api_failure_layer }} layer{{ end }}{{ end }}`,
      'failures',
    ),
    topReasons: names(
      about,
      `topk(3, sum by (api_failure_layer) (${failures('page')}) > 0)`,
      'api_failure_layer',
      'failures',
    ),
    serviceNames: names(about, `topk(5, sum by (service_name) (${failures('page')}) > 0)`, 'service_name', 'several'),
    services: count(`count(count by (service_name) (${R.spike}{s,codes=""}))`),
    ends: `{{ if lt $value 0.0 }}has ended{{ else }}ends in {{ $value | humanizeDuration | reReplaceAll " [0-9]+s$| [0-9]+m [0-9]+s$" "" }}{{ end }}`,
    ratio: percent([], 'vector({value})'),
    value: '{{ $value | printf "%.0f" }}',
    seconds: value([], 'vector({value})', SPAN),
    ...Object.assign(
      {},
      ...Object.entries(WINDOWS).map(([name, w]) => ({
        [`failures${name}`]: count(`sum(${failures(w)})`),
        [`calls${name}`]: count(`sum(${R.calls(w)}{svc})`),
        [`window${name}`]: c.w(w),
      })),
    ),
    cancels15m: count(`sum(${R.cancels('quarter')}{svc})`),
    inFlight: count(`sum(${METRICS.inFlight.name}{svc})`),
    hangFactor: String(c.t.hangFactor),
    usual: percent(
      about,
      // A median of few hours says 0 where a code was never seen: that is no history yet.
      `max(${R.baseline}{s,codes${about.includes('api_failure_layer') ? '=""' : '="all"'}} > 0) or max(${R.windows}{svc} >= ${c.t.historyWindows}) * 0`,
      'no history',
    ),
    p95Baseline: value(
      about,
      `max(${R.p95Baseline}{svc}) * 1000`,
      '{{ . | first | value | printf "%.0f" }} ms',
      'no history',
    ),
    burnFor: c.w('burnFor'),
    steadyFor: c.w('steadyFor'),
    method: safe('http_request_method'),
    template: safe('url_template'),
    owner: safe('api_failure_owner'),
    job: safe('job'),
    instance: safe('instance'),
  };
}
