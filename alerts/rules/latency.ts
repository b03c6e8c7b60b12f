import type { Context } from '../options.ts';
import { compare } from '../overrides.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const { p95, p95Baseline, timed, calls } = RECORDED;

/** The slow end of the calls against its own past: twice the usual, and slow in absolute terms too. */
export const latency = (c: Context): AlertRule[] => [
  {
    alert: 'ApiLatencyHigh',
    expr: `(
  ${p95} > ${c.t.latencyFactor} * ${p95Baseline}
  and ${compare(c, p95, '>', 'latencySeconds', c.t.latencySeconds, calls('page'))}
  or
  ${p95} > ${c.t.latencyQuickFactor} * ${p95Baseline} and ${p95} > ${c.t.latencyQuickSeconds}
)
and ${timed} >= ${c.t.latencyCalls}`,
    for: c.w('latencyFor'),
    keepFiringFor: c.w('quarter'),
    severity: 'ticket',
    owner: 'provider',
    summary: '{service} → {provider}: slow, p95 {seconds}',
    description: 'The slowest 5 % of calls take {seconds} or more; usual is {p95Baseline}.',
    page: { about: ['service_name', 'api_provider_name'], dashboard: 'provider' },
  },
];
