import { CHECK_ORDER, LAYER, METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';
import { byLayer, RETRY, STEPS } from './advice.ts';
import { fill, head, placeholders, value } from './fragments.ts';
import { links } from './links.ts';

/** Everything the page says, as annotations; Alertmanager's templates only arrange it. Empty annotations are left out there. */
export function annotations(c: Context, rule: AlertRule): Record<string, string> {
  const { about } = rule.page;
  const start = head(about);
  const map = placeholders(c, about);
  const has = (label: (typeof about)[number]) => about.includes(label);
  const text: Record<string, string> = {
    summary: start + fill(rule.summary, map),
    description: start + fill(rule.description, map),
  };
  if (has('service_name') || has('api_provider_name')) text['since'] = since(rule);
  if (has('service_name')) text['deploy'] = deploy(c);
  if (has('api_provider_name')) {
    text['request_ids'] = newest(rule, 'request_id');
    text['trace_url'] = newest(rule, 'trace_id', c.links.trace);
    text['checklist'] = checklist(rule);
  }
  if (has('api_failure_layer')) {
    text['first_check'] = start + byLayer((layer) => LAYER[layer].firstCheck);
    text['retry_advice'] = start + byLayer((layer) => RETRY[layer]);
  }
  if (rule.page.load) text['load'] = load(c);
  return { ...text, ...links(c, rule) };
}

/** Since when: the moment the condition began to hold, which Prometheus keeps as a series of its own. */
const since = (rule: AlertRule): string =>
  value(
    rule.page.about,
    `min(ALERTS_FOR_STATE{s,alertname="${rule.alert}"})`,
    '{{ with . | first | value | toTime }}{{ .Format "15:04:05 MST" }}{{ end }}',
  );

/** The newest version of the service, when it made its first call within the last two hours. */
const deploy = (c: Context): string =>
  value(
    ['service_name'],
    `bottomk(1, time() - (${METRICS.versionFirstSeen.name}{s} > time() - ${7200 * c.scale}))`,
    '{{ with first . }}version {{ reReplaceAll "[\\\\s\\\\p{C}]+" " " .Labels.service_version }}, first seen {{ .Value | humanizeDuration }} ago{{ end }}',
  );

/** Newest request IDs or trace of the very series the page is about. */
function newest(rule: AlertRule, label: 'request_id' | 'trace_id', url?: string): string {
  const clean = `{{ reReplaceAll "[^0-9A-Za-z._:/+=-]" "?" .Labels.${label} | reReplaceAll "^(.{80}).+$" "$1…" }}`;
  const one = url === undefined ? clean : url.replace('{trace_id}', `{{ .Labels.${label} | urlquery }}`);
  const query = `topk(${url === undefined ? 3 : 1}, ${METRICS.lastFailure.name}{s,${label}!=""})`;
  const all = `{{ range $i, $e := . }}{{ if $i }} {{ end }}{{ with $e }}${one}{{ end }}{{ end }}`;
  return value(rule.page.about, query, url === undefined ? all : `{{ with first . }}${one}{{ end }}`);
}

/** The five questions in their steady order, each with the failures of the last minutes that it would explain. */
function checklist(rule: AlertRule): string {
  const about = rule.page.about.filter((l) => l === 'service_name' || l === 'api_provider_name');
  return CHECK_ORDER.map((step, i) => {
    const count = value(
      about,
      `sum(${RECORDED.failures('5m')}{s,api_failure_layer=~"${STEPS[step].layers.join('|')}"}) > 0`,
      ' ({{ . | first | value | printf "%.0f" }} failures)',
    );
    return `${i + 1}. ${step}${count}: ${STEPS[step].ask}`;
  }).join('\n');
}

/** Calls in flight by Little's law (L = λ·W, which is the rate of the summed durations), now and before, and repeated reads. */
function load(c: Context): string {
  const about = ['service_name', 'api_provider_name'] as const;
  const sum = `${METRICS.duration.name}_sum`;
  const flying = (offset: string) => `sum(rate(${sum}{s}[${c.w('page')}]${offset}))`;
  const show = '{{ . | first | value | printf "%.1f" }}';
  const now = value(about, flying(''), show, 'unknown');
  const before = value(about, flying(` offset ${c.w('hour')}`), show, 'unknown');
  const repeated = value(
    about,
    `sum(increase(${METRICS.repeatedReads.name}{s}[${c.w('page')}])) / sum(${RECORDED.calls('5m')}{s})`,
    '{{ . | first | value | humanizePercentage }}',
    'none',
  );
  const wait = value(
    about,
    `histogram_quantile(0.5, sum by (le) (increase(${METRICS.retryAfter.name}_bucket{s}[${c.w('page')}]))) > 0`,
    ' Retry-After is about {{ . | first | value | humanizeDuration }}.',
  );
  return `Calls in flight: ${now}, ${c.w('hour')} ago ${before}. Reads repeated within 10 s: ${repeated}.${wait}`;
}
