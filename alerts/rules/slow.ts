import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { compare, overrideVector } from '../overrides.ts';
import { BY_SERVICE, indent, ON_SERVICE } from '../promql.ts';
import { ALL, RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const PAIR = ['service_name', 'api_provider_name'] as const;
const { baseline, calls, failures, spike } = RECORDED;
const owned = (w: 'page' | 'hour') => `${failures(w)}${ALL}`;

/**
 * Failures by owner that spend the error budget: fast, by long and short window together (SRE workbook, chapter 5,
 * "multiwindow"), or slowly, by how many of the last five minutes were bad. A sum over hours says less of the slow form: one
 * outage that is over, and was paged, fills it, and ratios that waver around the limit never hold `for` long enough. What is
 * more than chance at a page’s threshold is the pages’ matter: half an hour later nothing of it is left in the slow form’s newest
 * window. A service in its first hour has no usual yet.
 */
export const burn = (c: Context): AlertRule[] => {
  const budget = 1 - c.t.objective;
  const limit = (factor: number, times: number): string => {
    const least = Number((factor * budget).toPrecision(4));
    const own = `clamp_min(${times} * (${baseline}${ALL} or ${owned('hour')} * 0), ${least})`;
    const override = overrideVector(c, 'burnRatio', calls('hour'));
    if (override === undefined) return own;
    return `(\n  ${owned('hour')} * 0 + ${ON_SERVICE} (\n${indent(indent(override))}\n  )\n  or\n  ${own}\n)`;
  };
  const ratio = (w: 'page' | 'hour') => `${owned(w)} / ${ON_SERVICE} ${calls(w)}`;
  const [twoHours, hour, page] = [c.w('twoHours'), c.w('hour'), c.w('page')];
  return [
    {
      alert: 'ApiFailureBudgetBurn',
      expr: `(
  (
    ${ratio('hour')} > ${limit(c.t.burnFast, c.t.burnBaselineFactor)}
    and ${ratio('page')} > ${limit(c.t.burnSlow, c.t.burnBaselineFactor)}
    and ${owned('hour')} >= ${c.t.burnErrors}
  )
  or
  (
    ${ratio('hour')} > ${limit(c.t.burnSlow, c.t.burnLastingFactor)}
    and avg_over_time((${ratio('page')} > bool ${limit(c.t.burnSlow, c.t.burnLastingFactor)})[${twoHours}:${page}]) >= ${c.t.burnLastingShare}
    and sum_over_time(${owned('hour')}[${twoHours}:${hour}]) >= ${c.t.burnErrors}
    unless on (${BY_SERVICE}) count_over_time(${spike}[${hour}:${page}]) > 0
  )
)
and on (${BY_SERVICE}) ${calls('hour')} offset ${hour} > 0`,
      for: c.w('burnFor'),
      keepFiringFor: c.w('ticketKeepFiring'),
      severity: 'ticket',
      owner: 'by_label',
      summary: '{service} → {provider}: failures for the {owner} keep spending the budget',
      description: '{ratio} of calls fail, well above the usual, for more than {burnFor}.',
      page: { about: PAIR, dashboard: 'provider', failing: true },
    },
  ];
};

/** What will fail later unless somebody acts. Days are days: a scaled demonstration does not shorten them. */
export const ahead = (c: Context): AlertRule[] => {
  const steady = { for: c.w('steadyFor'), keepFiringFor: c.w('quarter'), severity: 'ticket' } as const;
  const endpoint = `${BY_SERVICE}, http_request_method, url_template`;
  const left = `min by (${BY_SERVICE}) (${METRICS.rateLimitRemaining.name})`;
  /** Where no end is said, a deprecation that is still to come counts. */
  const end = `(min by (${endpoint}) (${METRICS.sunset.name}) or min by (${endpoint}) (${METRICS.deprecation.name} > time()))`;
  const within = (days: number) => `label_replace(${end} - time() < ${days} * 86400, "days", "${days}", "", "")`;
  const certificate = (alert: string, days: number, severity: 'page' | 'ticket'): AlertRule => ({
    ...steady,
    alert,
    expr: `min by (server_address) (${METRICS.tlsExpiry.name}) - time() < ${days} * 86400`,
    severity,
    owner: 'provider',
    summary: 'The certificate of {server} {ends}',
    description:
      'Past its end every call to {server} fails at the tls layer. Tell the provider, or renew it if it is yours.',
    page: { about: [], dashboard: 'overview' },
  });
  return [
    {
      ...steady,
      alert: 'ApiRateLimitLow',
      expr: `${compare(c, left, '<', 'rateLimitRemaining', c.t.rateLimitRemaining, calls('page'))}
and on (${BY_SERVICE}) ${calls('page')} > 0`,
      owner: 'load',
      summary: '{service} has nearly spent its rate limit at {provider}',
      description: '{ratio} of the rate limit is left; throttling comes next.',
      page: { about: PAIR, dashboard: 'provider', load: true },
    },
    certificate('ApiCertificateExpiresSoon', c.t.certificateTicketDays, 'ticket'),
    certificate('ApiCertificateExpiresNow', c.t.certificatePageDays, 'page'),
    {
      // A wrong clock alone is the host's affair; together with refused credentials it is the likely cause.
      ...steady,
      alert: 'ApiClockOffset',
      expr: `max by (service_name) (abs(${METRICS.clockOffset.name})) > ${c.t.clockOffsetSeconds}
and on (service_name) sum by (service_name) (${failures('page')}{codes="",api_failure_layer="auth"}) > 0`,
      for: c.w('healthFor'),
      owner: 'caller',
      summary: '{service}: clock off by {seconds}, and credentials are refused',
      description:
        'The host of {service} differs from its providers’ clocks by {seconds} while calls fail at the auth layer. Signed requests and tokens depend on the time.',
      page: { about: ['service_name'], dashboard: 'overview' },
    },
    {
      // Told twice: a month and a week before.
      ...steady,
      alert: 'ApiEndpointRetires',
      expr: `${within(c.t.retireNowDays)}\nor\n${within(c.t.retireDays)}`,
      owner: 'caller',
      summary: '{service} → {provider}: {method} {template} {ends}',
      description:
        'The provider said in Deprecation or Sunset headers when {method} {template} ends. Move to its successor.',
      page: { about: PAIR, dashboard: 'provider' },
    },
  ];
};

const RETRIES = [
  {
    alert: 'ApiRetryUnsafe',
    matcher: '{api_retry_kind="unsafe"}',
    share: 'retryUnsafeShare',
    least: 'retryUnsafe',
    summary: '{service} repeats writes to {provider} without an idempotency key',
    description:
      'Repeated writes whose first attempt had already left, {value} in {window1h}: each may have been carried out twice.',
  },
  {
    alert: 'ApiRetryEarly',
    matcher: '{api_retry_kind="early"}',
    share: 'retryEarlyShare',
    least: 'retryErrors',
    summary: '{service} calls {provider} again before Retry-After is over',
    description:
      'Attempts before the time the provider asked for, {value} in {window1h}: they keep the throttling alive.',
  },
  {
    alert: 'ApiRetryPointless',
    matcher: '{api_retry_kind="pointless"}',
    share: 'retryPointlessShare',
    least: 'retryErrors',
    summary: '{service} repeats calls to {provider} that cannot succeed',
    description: 'The same request again after an answer that only a changed request can mend, {value} in {window1h}.',
  },
  {
    alert: 'ApiRetryStorm',
    matcher: '',
    share: 'retryStormShare',
    least: 'retryErrors',
    summary: '{service} multiplies its calls to {provider} by retries',
    description:
      'Attempts after the first, {value} in {window1h}: retries add load to a provider that already struggles.',
  },
] as const;

/** Retries that do harm. The share is of all calls, so that a busy service is not judged by its size. */
export const retries = (c: Context): AlertRule[] =>
  RETRIES.map((k) => {
    const count = `sum by (${BY_SERVICE}) (increase(${METRICS.retries.name}${k.matcher}[${c.w('hour')}]))`;
    const recent = `sum by (${BY_SERVICE}) (increase(${METRICS.retries.name}${k.matcher}[${c.w('page')}])) > 0`;
    const share = `${count} / ${calls('hour')}`;
    const much =
      k.share === 'retryUnsafeShare'
        ? compare(c, share, '>', k.share, c.t[k.share], calls('page'))
        : `${share} > ${c.t[k.share]}`;
    return {
      alert: k.alert,
      expr: `${count} >= ${c.t[k.least]}\nand ${much}\nand ${recent}`,
      for: c.w('steadyFor'),
      keepFiringFor: c.w('quarter'),
      severity: 'ticket',
      owner: k.alert === 'ApiRetryUnsafe' || k.alert === 'ApiRetryPointless' ? 'caller' : 'load',
      summary: k.summary,
      description: k.description,
      page: { about: PAIR, dashboard: 'provider', load: true },
    };
  });
