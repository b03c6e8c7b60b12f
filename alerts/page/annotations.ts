import { LAYER, type LayerName, METRICS } from '../../src/contract/index.ts';
import pages from '../../src/providers/data/pages.json' with { type: 'json' };
import type { Context } from '../options.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';
import { fill, head, percent, shortened, value } from './fragments.ts';
import { links } from './links.ts';
import { placeholders } from './placeholders.ts';
import { deploy, since } from './since.ts';

const R = RECORDED;

/** What the caller may do with a failed call of this layer, by what is known to have left the host (RFC 9110 §9.2.2). */
const RETRY: Readonly<Record<LayerName, string>> = {
  client: 'do not repeat: nothing left this process; mend the call',
  dns: 'safe to repeat with backoff: nothing was sent',
  tcp: 'safe to repeat with backoff: nothing was sent',
  proxy: 'safe to repeat with backoff once the proxy answers: nothing reached the provider',
  tls: 'do not repeat until the certificate or protocol is mended: nothing was sent',
  send: 'repeat reads; repeat writes only with the same idempotency key: part of the request may have arrived',
  wait: 'repeat reads; repeat writes only with the same idempotency key: the request may have been carried out',
  body: 'repeat reads; repeat writes only with the same idempotency key: the request was carried out',
  endpoint: 'do not repeat: only a changed request can succeed',
  auth: 'do not repeat: only another credential or scope can succeed',
  payload: 'do not repeat: only a changed request can succeed',
  throttling: 'wait for Retry-After, then fewer at a time, with jitter',
  service: 'repeat reads with backoff and jitter; writes only with the same idempotency key',
  unknown: 'read the evidence first',
};

/** A template that picks by the value of a variable or field. */
function byLayer(text: (layer: LayerName) => string, of = '$layer'): string {
  const names = Object.keys(LAYER) as LayerName[];
  const branches = names.map((name, i) => `{{ ${i === 0 ? 'if' : 'else if'} eq ${of} "${name}" }}${text(name)}`);
  return `${branches.join('')}{{ end }}`;
}

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
  if (rule.page.failing) {
    // Notifications show the one with most failures first; a text of fixed width sorts as the number does.
    text['weight'] = value(
      about,
      `sum(${R.failures('page')}{s,codes=""})`,
      '{{ . | first | value | printf "%012.0f" }}',
      '000000000000',
    );
    text['where'] = where(c, rule);
    text['since'] = since(c, rule);
    text['request_ids'] = newest(rule, 'request_id');
    text['trace_url'] = newest(rule, 'trace_id', `${c.links.evidence}/trace/{trace_id}`);
    text['checklist'] = checklist(rule);
    if (has('service_name')) text['deploy'] = deploy(c, rule);
    else text['status_page'] = statusPage();
  }
  if (has('api_failure_layer')) {
    text['first_check'] = start + byLayer((layer) => LAYER[layer].firstCheck);
    text['retry_advice'] = start + byLayer((layer) => RETRY[layer]);
  }
  if (rule.page.load) text['load'] = load(c);
  return { ...text, ...links(c, rule) };
}

/** The request that fails most: method, path, host and status. */
function where(c: Context, rule: AlertRule): string {
  const by = ['http_request_method', 'url_template', 'server_address', 'http_response_status_code'];
  const label = (name: string) => `{{ ${shortened(`.Labels.${name}`, 80)} }}`;
  return value(
    rule.page.about,
    `topk(1, sum by (${by.join(', ')}) (increase(${METRICS.calls.name}{s,api_failure_layer!=""}[${c.w('quarter')}])))`,
    `{{ with first . }}{{ if .Labels.url_template }}${label('http_request_method')} ${label('url_template')} at {{ end }}${label('server_address')}{{ if .Labels.http_response_status_code }}, status ${label('http_response_status_code')}{{ end }}{{ end }}`,
  );
}

/** Newest request IDs or trace of the very series the page is about. */
function newest(rule: AlertRule, label: 'request_id' | 'trace_id', url?: string): string {
  const clean = `{{ reReplaceAll "[^0-9A-Za-z._:/+=-]" "?" .Labels.${label} | reReplaceAll "^(.{80}).+$" "$1…" }}`;
  const one = url === undefined ? clean : url.replace('{trace_id}', `{{ .Labels.${label} | urlquery }}`);
  const query = `topk(${url === undefined ? 3 : 1}, ${METRICS.lastFailure.name}{s,${label}!=""})`;
  const all = `{{ range $i, $e := . }}{{ if $i }} {{ end }}{{ with $e }}${one}{{ end }}{{ end }}`;
  return value(rule.page.about, query, url === undefined ? all : `{{ with first . }}${one}{{ end }}`);
}

/** Providers whose status page a page names: a rule holds the address of each. `pages.json` says where they are from; no test fetches them. */
const STATUS_PAGES =
  'anthropic asana github gitlab mailgun openai paypal sendgrid shopify slack stripe twilio zendesk'.split(' ');

function statusPage(): string {
  const addresses = Object.entries(pages.status).filter(([provider]) => STATUS_PAGES.includes(provider));
  const known = addresses.map(
    ([name, url], i) => `{{ ${i === 0 ? 'if' : 'else if'} eq $labels.api_provider_name "${name}" }}${url}`,
  );
  return `${known.join('')}{{ end }}`;
}

/** The layers that fail now besides the one the page is about, each with its first check. */
function checklist(rule: AlertRule): string {
  const own = rule.page.about.includes('api_failure_layer');
  return value(
    rule.page.about.filter((l) => l !== 'api_provider_code'),
    `topk(3, sum by (api_failure_layer) (${R.failures('page')}${own ? '{svc,codes=""}' : '{s,codes=""}'}) >= 1)`,
    `{{ range $i, $e := . }}${own ? '{{ if ne $e.Labels.api_failure_layer $labels.api_failure_layer }}' : ''}{{ if $i }}\n{{ end }}{{ $e.Labels.api_failure_layer }} ({{ $e.Value | printf "%.0f" }} failures): ${byLayer((layer) => LAYER[layer].firstCheck, '$e.Labels.api_failure_layer')}${own ? '{{ end }}' : ''}{{ end }}`,
  );
}

/** Calls in flight by Little's law (L = λ·W, which is the rate of the summed durations), now and before, and repeated reads. */
function load(c: Context): string {
  const about = ['service_name', 'api_provider_name'] as const;
  const sum = `${METRICS.duration.name}_sum`;
  const flying = (offset: string) => `sum(rate(${sum}{s}[${c.w('page')}]${offset}))`;
  const show = '{{ . | first | value | printf "%.1f" }}';
  const now = value(about, flying(''), show, 'unknown');
  const before = value(about, flying(` offset ${c.w('hour')}`), show, 'unknown');
  const repeated = percent(
    about,
    `sum(increase(${METRICS.repeatedReads.name}{s}[${c.w('page')}])) / sum(${R.calls('page')}{s})`,
    'none',
  );
  const wait = value(
    about,
    `histogram_quantile(0.5, sum by (le) (increase(${METRICS.retryAfter.name}_bucket{s}[${c.w('page')}]))) > 0`,
    ' Retry-After is about {{ . | first | value | humanizeDuration }}.',
  );
  return `Calls in flight: ${now}, ${c.w('hour')} ago ${before}. Reads repeated within 10 s: ${repeated}.${wait}`;
}
