import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { compare } from '../overrides.ts';
import { BY_SERVICE } from '../promql.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

/** Before it is throttling. */
export const rateLimit = (c: Context): AlertRule[] => [
  {
    alert: 'ApiRateLimitLow',
    expr: `${compare(c, `min by (${BY_SERVICE}) (${METRICS.rateLimitRemaining.name})`, '<', 'rateLimitRemaining', c.t.rateLimitRemaining, RECORDED.calls('page'))}
and on (${BY_SERVICE}) ${RECORDED.calls('page')} > 0`,
    for: c.w('steadyFor'),
    keepFiringFor: c.w('quarter'),
    severity: 'ticket',
    owner: 'load',
    summary: '{service} has nearly spent its rate limit at {provider}',
    description: '{ratio} of the rate limit is left; throttling comes next.',
    page: { about: ['service_name', 'api_provider_name'], dashboard: 'provider', load: true },
  },
];
