import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { compare } from '../overrides.ts';
import { BY_SERVICE } from '../promql.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const PAIR = ['service_name', 'api_provider_name'] as const;
const ENDPOINT = 'service_name, api_provider_name, http_request_method, url_template';

/** What will fail later unless somebody acts. Days are days: a scaled demonstration does not shorten them. */
export const ahead = (c: Context): AlertRule[] => {
  const steady = { for: c.w('steadyFor'), keepFiringFor: c.w('quarter'), severity: 'ticket' } as const;
  const calls = RECORDED.calls('page');
  const left = `min by (${BY_SERVICE}) (${METRICS.rateLimitRemaining.name})`;
  /** Where no end is said, a deprecation that is still to come counts. */
  const end = `(min by (${ENDPOINT}) (${METRICS.sunset.name}) or min by (${ENDPOINT}) (${METRICS.deprecation.name} > time()))`;
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
      expr: `${compare(c, left, '<', 'rateLimitRemaining', c.t.rateLimitRemaining, calls)}
and on (${BY_SERVICE}) ${calls} > 0`,
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
and on (service_name) sum by (service_name) (${RECORDED.failures('page')}{codes="",api_failure_layer="auth"}) > 0`,
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
