import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

/**
 * Go template fragments for Prometheus annotations. Label values are data: they are only ever arguments (`$labels.x`, `%q`),
 * never template text, so a code such as `{{ query "up" }}` arrives as those very characters.
 */
export type Name = AlertRule['page']['about'][number];

/** `$service` and the like: one line, no control characters, at most 100 characters of the label. */
const VARIABLES: Readonly<Record<Name, string>> = {
  service_name: '$service',
  api_provider_name: '$provider',
  api_failure_layer: '$layer',
  api_provider_code: '$code',
};
const clean = (label: string): string =>
  String.raw`reReplaceAll "(?s)^(.{100}).+$" "$1…" (reReplaceAll "[\\s\\p{C}]+" " " $labels.${label})`;

const safe = (label: string): string => `{{ ${clean(label)} }}`;

/** Defines the variables at the head of an annotation. */
export const head = (about: readonly Name[]): string =>
  about.map((label) => `{{ ${VARIABLES[label]} := ${clean(label)} }}`).join('');

/**
 * Runs one query and prints its first value. `{s}` in the query becomes the series selector, `{s,more="x"}` the same with
 * further matchers; label values go in as `%q`, whose escapes PromQL reads back.
 */
export function value(about: readonly Name[], query: string, show: string, otherwise = ''): string {
  const matchers = about.map((label) => `${label}=%q`).join(',');
  let selectors = 0;
  const format = query
    .replace(/\{s(,[^}]*)?\}/g, (_, more: string | undefined) => {
      selectors++;
      return `{${matchers}${more ?? ''}}`;
    })
    .replaceAll('"', String.raw`\"`);
  const args = Array.from({ length: selectors }, () => about.map((l) => ` $labels.${l}`).join('')).join('');
  const none = otherwise === '' ? '' : `{{ else }}${otherwise}`;
  return `{{ with printf "${format}"${args} | query }}${show}${none}{{ end }}`;
}

const number = '{{ . | first | value | printf "%.0f" }}';
const percent = '{{ . | first | value | humanizePercentage }}';
const SERVICE: readonly Name[] = ['service_name', 'api_provider_name'];

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

/** What `{name}` in a summary or description becomes. */
export function placeholders(c: Context, about: readonly Name[]): Record<string, string> {
  const service = about.filter((label) => SERVICE.includes(label));
  return {
    service: '{{ $service }}',
    provider: '{{ $provider }}',
    layer: '{{ $layer }}',
    code: `{{ if $code }}{{ $code }}{{ else }}${codeless(c, about)}{{ end }}`,
    ends: '{{ if lt $value 0.0 }}has ended{{ else }}ends in {{ $value | humanizeDuration }}{{ end }}',
    ratio: '{{ $value | humanizePercentage }}',
    value: '{{ $value | humanize }}',
    seconds: '{{ $value | humanizeDuration }}',
    failures5m: value(about, `sum(${RECORDED.failures('5m')}{s})`, number, 'some'),
    calls5m: value(service, `sum(${RECORDED.calls('5m')}{s})`, number, 'some'),
    failures1h: value(about, `sum(${RECORDED.failures('1h')}{s})`, number, 'some'),
    calls1h: value(service, `sum(${RECORDED.calls('1h')}{s})`, number, 'some'),
    window5m: c.w('page'),
    window1h: c.w('hour'),
    baseline: value(about, `max(${RECORDED.baseline}{s})`, percent, 'none'),
    services: value(about, `count(count by (service_name) (${RECORDED.failures('1m')}{s} > 0))`, number, 'several'),
    p95Baseline: value(
      service,
      `max(${RECORDED.p95Baseline}{s})`,
      '{{ . | first | value | humanizeDuration }}',
      'not known',
    ),
    burnFor: c.w('burnFor'),
    steadyFor: c.w('steadyFor'),
    server: safe('server_address'),
    owner: safe('api_failure_owner'),
    job: safe('job'),
    instance: safe('instance'),
  };
}

/** Replaces `{name}` by its fragment; an unknown name is a mistake in the table. Go's own `{{ }}` is left alone. */
export function fill(text: string, map: Record<string, string>): string {
  return text.replace(/(?<!\{)\{([a-zA-Z0-9]+)\}(?!\})/g, (_, name: string) => {
    const fragment = map[name];
    if (fragment === undefined) throw new Error(`no placeholder {${name}}`);
    return fragment;
  });
}
