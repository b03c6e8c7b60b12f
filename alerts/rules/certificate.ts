import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import type { AlertRule } from '../rule.ts';

/** The end of a server certificate as the calls saw it. Days are days: a scaled demonstration does not shorten them. */
export const certificate = (c: Context): AlertRule[] =>
  (
    [
      ['ApiCertificateExpiresSoon', c.t.certificateTicketDays, 'ticket'],
      ['ApiCertificateExpiresNow', c.t.certificatePageDays, 'page'],
    ] as const
  ).map(([alert, days, severity]) => ({
    alert,
    expr: `min by (server_address) (${METRICS.tlsExpiry.name}) - time() < ${days} * 86400`,
    for: c.w('steadyFor'),
    keepFiringFor: c.w('quarter'),
    severity,
    owner: 'provider',
    summary: 'The certificate of {server} {ends}',
    description:
      'Past its end every call to {server} fails at the tls layer. Tell the provider, or renew it if it is yours.',
    page: { about: [], dashboard: 'overview' },
  }));
