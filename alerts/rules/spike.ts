import type { Context } from '../options.ts';
import { compare } from '../overrides.ts';
import { BY_SERVICE, ON_SERVICE } from '../promql.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const ABOUT = ['service_name', 'api_provider_name', 'api_failure_layer', 'api_provider_code'] as const;
const { calls, failures, limit, bad } = RECORDED;

/**
 * Spike by code. Every line removes one way of being wrong: chance (the bound), a handful of failures, a blip (the
 * newest minute must be bad too, or most of the last minutes were), and a service that has only just started.
 * The value of the expression is the failure ratio.
 */
export const spikeExpr = (c: Context, selector: string): string =>
  `${failures('5m')}{${selector}} / ${ON_SERVICE} ${calls('5m')}
and ${failures('5m')} > ${limit('5m')}
and ${compare(c, failures('5m'), '>=', 'spikeErrors', c.t.spikeErrors, calls('5m'))}
and (
  ${bad} == 1
  or
  sum_over_time(${bad}[${c.w('flapping')}:${c.w('flappingStep')}]) >= ${c.t.flappingMinutes}
)
and (
  ${failures('5m')} and on (${BY_SERVICE}) ${calls('1h')} offset ${c.w('halfHour')} > 0
  or
  ${failures('5m')} > ${ON_SERVICE} (${c.t.startupRatio} * ${calls('5m')} + ${c.t.z} * ${Math.sqrt(c.t.startupRatio * (1 - c.t.startupRatio))} * sqrt(${calls('5m')}))
)`;

/**
 * The same bound where five minutes hold too few calls, while it is still going on: over an hour, or sooner over a quarter
 * of one when the failures are spread over it, which those of a blip are not.
 */
const lowTrafficExpr = (c: Context): string =>
  `${failures('1h')} / ${ON_SERVICE} ${calls('1h')}
and (
  ${failures('1h')} > ${limit('1h')} and ${failures('1h')} >= ${c.t.lowTrafficErrors}
  or
  ${failures('15m')} > ${limit('15m')} and ${failures('15m')} >= ${c.t.lowTrafficBurst}
  and max_over_time(${failures('1m')}[${c.w('quarter')}:${c.w('evaluation')}]) < ${c.t.blipShare} * ${failures('15m')}
)
and ${failures('5m')} > 0
and on (${BY_SERVICE}) ${calls('5m')} < ${c.t.lowTrafficCalls}
and (
  ${failures('1h')} and on (${BY_SERVICE}) ${calls('1h')} offset ${c.w('halfHour')} > 0
  or
  ${failures('1h')} > ${ON_SERVICE} (${c.t.startupRatio} * ${calls('1h')} + ${c.t.z} * ${Math.sqrt(c.t.startupRatio * (1 - c.t.startupRatio))} * sqrt(${calls('1h')}))
)`;

export const spike = (c: Context): AlertRule[] => [
  {
    alert: 'ApiErrorSpike',
    expr: spikeExpr(c, 'api_failure_layer!="throttling"'),
    for: c.w('spikeFor'),
    keepFiringFor: c.w('keepFiring'),
    severity: 'page',
    owner: 'by_layer',
    summary: '{service} → {provider}: {code} at the {layer} layer',
    description:
      '{ratio} of calls fail with {code} at the {layer} layer: {failures5m} of {calls5m} in {window5m}, usual is {baseline}.',
    page: { about: ABOUT, dashboard: 'failure' },
  },
  {
    alert: 'ApiErrorSpikeLowTraffic',
    expr: lowTrafficExpr(c),
    for: c.w('lowTrafficFor'),
    keepFiringFor: c.w('keepFiring'),
    severity: 'page',
    owner: 'by_layer',
    summary: '{service} → {provider}: {code} at the {layer} layer (few calls)',
    description:
      '{ratio} of the few calls fail with {code} at the {layer} layer: {failures1h} of {calls1h} in {window1h}, usual is {baseline}.',
    page: { about: ABOUT, dashboard: 'failure' },
  },
];
