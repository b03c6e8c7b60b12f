import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { compare } from '../overrides.ts';
import { BY_SERVICE } from '../promql.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';
import { spikeExpr } from './spike.ts';

/** A throttling surge is a spike whose answer is different: fewer calls, not other calls. */
export const throttling = (c: Context): AlertRule[] => [
  {
    alert: 'ApiThrottlingSurge',
    expr: spikeExpr(c, 'api_failure_layer="throttling"'),
    for: c.w('throttlingFor'),
    keepFiringFor: c.w('keepFiring'),
    severity: 'page',
    owner: 'load',
    summary: '{service} is throttled by {provider}: {code}',
    description:
      '{ratio} of calls are turned away with {code}: {failures5m} of {calls5m} in {window5m}, usual is {baseline}.',
    page: {
      about: ['service_name', 'api_provider_name', 'api_failure_layer', 'api_provider_code'],
      dashboard: 'failure',
      load: true,
    },
  },
  {
    alert: 'ApiRateLimitLow',
    expr: `${compare(c, `min by (${BY_SERVICE}) (${METRICS.rateLimitRemaining.name})`, '<', 'rateLimitRemaining', c.t.rateLimitRemaining, RECORDED.calls('5m'))}
and on (${BY_SERVICE}) ${RECORDED.calls('5m')} > 0`,
    for: c.w('steadyFor'),
    keepFiringFor: c.w('keepFiring'),
    severity: 'ticket',
    owner: 'load',
    summary: '{service} has nearly spent its rate limit at {provider}',
    description: '{ratio} of the rate limit is left; throttling comes next.',
    page: { about: ['service_name', 'api_provider_name'], dashboard: 'provider', load: true },
  },
];
