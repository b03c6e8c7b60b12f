import type { Context } from '../options.ts';
import { compare } from '../overrides.ts';
import { BY_SERVICE, indent, ON_SERVICE } from '../promql.ts';
import { limit, RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const ABOUT = ['service_name', 'api_provider_name', 'api_failure_layer', 'api_provider_code'] as const;
const { calls, failures, bad } = RECORDED;

/** More than this share of the calls fail, beyond chance; the bound is that of `limit`. */
const startup = (c: Context, w: '5m' | '1h'): string => {
  const angle = Number(Math.asin(Math.sqrt(c.t.startupRatio)).toFixed(6));
  return `${failures(w)} > ${ON_SERVICE} (sin(clamp_max(${angle} + ${c.t.z / 2} / sqrt(${calls(w)}), pi() / 2)) ^ 2 * ${calls(w)})`;
};

/** The service made calls half an hour ago already, or more than half of them fail: every start looks like a spike. */
const established = (c: Context, w: '5m' | '1h'): string => `(
  ${failures(w)} and on (${BY_SERVICE}) ${calls('1h')} offset ${c.w('halfHour')} > 0
  or
  ${startup(c, w)}
)`;

/**
 * Beyond chance (a little) without the worst minute too: a blip leaves nothing there, however bad it was. Nor may that minute
 * hold most of the failures: `increase` makes too little of a young counter's.
 */
const lasting = (c: Context, w: '5m' | '15m' | '1h', worst: string, share: number): string =>
  `${failures(w)} - ${worst} > ${limit(w, c.t.blipZ)}\nand ${worst} < ${share} * ${failures(w)}`;

/** Few failures are counted to the one: extrapolated, the worst minute of four would look like half of them. */
const lastingFew = (c: Context, w: '15m' | '1h', window: 'quarter' | 'hour'): string =>
  lasting(c, w, `max_over_time(${RECORDED.minute}[${c.w(window)}])`, c.t.lowTrafficBlipShare);

/**
 * Spike by code. Every line removes one way of being wrong: chance (the bound), a handful of failures, what is over (the
 * newest two minutes must be bad too), a blip, and a service that has only just started.
 * The value of the expression is the failure ratio.
 */
export const spikeExpr = (c: Context, selector: string): string =>
  `${failures('5m')}{${selector}} / ${ON_SERVICE} ${calls('5m')}
and ${failures('5m')} > ${RECORDED.limit('5m')}
and ${compare(c, failures('5m'), '>=', 'spikeErrors', c.t.spikeErrors, calls('5m'))}
and ${bad} == 1
and ${lasting(c, '5m', `max_over_time(${failures('1m')}[${c.w('page')}])`, c.t.blipShare)}
and ${established(c, '5m')}`;

/**
 * The same where five minutes hold too few calls, while it is still going on: over a quarter of an hour, which is sooner,
 * or over a whole one, which needs less of them.
 */
const lowTrafficExpr = (c: Context): string =>
  `${failures('1h')} / ${ON_SERVICE} ${calls('1h')}
and (
  ${failures('15m')} > ${RECORDED.limit('15m')} and ${failures('15m')} >= ${c.t.lowTrafficErrors}
${indent(`and ${lastingFew(c, '15m', 'quarter')}`)}
  or
  ${failures('1h')} > ${RECORDED.limit('1h')} and ${failures('1h')} >= ${c.t.lowTrafficErrors}
${indent(`and ${lastingFew(c, '1h', 'hour')}`)}
)
and ${failures('5m')} > 0
and on (${BY_SERVICE}) ${calls('5m')} < ${c.t.lowTrafficCalls}
and ${established(c, '1h')}`;

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
    keepFiringFor: c.w('keepFiring'),
    severity: 'page',
    owner: 'by_layer',
    summary: '{service} → {provider}: {code} at the {layer} layer (few calls)',
    description:
      'Of few calls, {failures5m} of {calls5m} in {window5m} and {failures1h} of {calls1h} in {window1h} fail with {code} at the {layer} layer; usual is {baseline}.',
    page: { about: ABOUT, dashboard: 'failure' },
  },
];
