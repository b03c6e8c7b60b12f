import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { compare, overrideVector } from '../overrides.ts';
import { BY_OWNER, BY_SERVICE, greatest, indent, ON_OWNER, ON_SERVICE } from '../promql.ts';
import { ALL, ONE, RECORDED, type RecordingRule } from '../recorded.ts';

const R = RECORDED;
type Form = 'page' | 'quarter' | 'hour';
const BY = `${BY_OWNER}, api_failure_layer, api_provider_code, codes`;

/**
 * Failures that a series at threshold t may have among n calls by chance: the arcsine of the root of a binomial ratio has
 * the same spread, 1 / (2·√n), whatever the ratio (Bartlett 1947; Anscombe 1948), so the bound is n·sin²(asin√t + z/(2·√n)).
 * It holds for a handful of calls too, where bounds from the normal curve (Wald’s, and Wilson’s on the low side) let through
 * many times what they promise.
 */
const chance = (c: Context, w: Form): string =>
  `sin(clamp_max(asin(sqrt(${R.threshold(w === 'page' ? 'page' : 'quarter')})) + ${ON_SERVICE} (${c.t.z / 2} / sqrt(${R.calls(w)})), pi() / 2)) ^ 2 * ${ON_SERVICE} ${R.calls(w)}`;

/** The same around a fixed ratio, for so many calls. */
export const most = (c: Context, calls: string): string => {
  const angle = Number(Math.asin(Math.sqrt(c.t.mostRatio)).toFixed(6));
  return `(sin(clamp_max(${angle} + ${c.t.z / 2} / sqrt(${calls}), pi() / 2)) ^ 2 * ${calls})`;
};

/** What is usual, as it was recorded last: a Prometheus that was away knows it at once, not only when the slow group has run again. */
const held = (c: Context, series: string): string => `last_over_time(${series}[${c.w('hour')}])`;

const times = (c: Context, factor: number, series: string, floor: number): string =>
  `clamp(\n  ${factor} * (${series}),\n  ${floor}, ${c.t.spikeCap}\n)`;

/** The greatest of these ratios, unless somebody overrides it. */
function threshold(c: Context, ratios: readonly string[]): string {
  const own = greatest(BY, ratios);
  const override = overrideVector(c, 'spikeRatio', R.calls('page'));
  if (override === undefined) return own;
  return `${R.failures('page')} * 0 + ${ON_SERVICE} (\n${indent(override)}\n)\nor\n${own}`;
}

const worst = (series: string, c: Context, w: Form): string => `max_over_time(${series}[${c.w(w)}])`;

/**
 * What is left without the worst minute is above the threshold too, that minute does not hold most of the failures, and in five minutes the
 * rest is more than a straggler or two.
 */
function lasting(c: Context, w: Form): string {
  const [share, threshold] =
    w === 'page' ? ([c.t.blipShare, 'page'] as const) : ([c.t.lastingBlipShare, 'quarter'] as const);
  const left = `${R.failures(w)} - ${worst(R.failuresOfMinute, c, w)}`;
  const both = `${left} > ${R.threshold(threshold)} * ${ON_SERVICE} (${R.calls(w)} - ${worst(R.callsOfMinute, c, w)})
and ${worst(R.failuresOfMinute, c, w)} < ${share} * ${R.failures(w)}`;
  if (w !== 'page') return `and ${both}`;
  const least = Math.min(c.t.lastingErrors, ...c.overrides.map((o) => o.set.spikeErrors ?? c.t.lastingErrors));
  return `and (\n${indent(both)}\n  and ${left} >= ${least}\n  or\n  ${R.sparse}\n)`;
}

/**
 * Where scrapes are a minute apart a minute shows in two of them: three in a row are more, and so are two in which more fails than a minute
 * has calls. Of busy services that called before; the share of the newest.
 */
function sparse(c: Context): string {
  const newest = (minutes: number) => {
    const ago = minutes === 0 ? '' : ` offset ${c.w(60 * minutes)}`;
    const [failures, calls] = [R.failures('confirm') + ago, R.calls('confirm') + ago];
    return { failures, calls, bad: `${failures} / ${ON_SERVICE} (${calls}) > ${R.threshold('page')}` };
  };
  const [now, before, first] = [newest(0), newest(1), newest(2)];
  const half = (part: 'failures' | 'calls') => `(${now[part]} + ${before[part]}) / 2`;
  return `${now.bad}
and ${before.bad}
and (
  ${first.bad}
  or
  ${half('failures')} > ${ON_SERVICE} ${most(c, `(${half('calls')})`)}
)
and on (${BY_SERVICE}) max_over_time(${R.scrapes}[${c.w('quarter')}]) < 3
and on (${BY_SERVICE}) ${R.calls('page')} >= ${c.t.fewCalls}
and on (${BY_SERVICE}) ${R.calls('hour')} > 2 * ${R.calls('page')}`;
}

/**
 * Every start looks like a spike: in the first half hour, and in the first hour of a service without a past, only what fails much counts; in
 * the first minutes only what fails mostly.
 */
const established = (c: Context, w: Form): string => `and (
  ${R.failures(w)} and on (${BY_SERVICE}) (${R.calls('hour')} >= 6 * ${R.calls('page')} and ${held(c, R.windows)} >= ${c.t.newWindows})
  or
  ${R.failures(w)} > ${ON_SERVICE} (${c.t.startupRatio} * ${R.calls(w)})
  and ${R.failures('confirm')} > ${ON_SERVICE} (${c.t.startupRatio} * ${R.calls('confirm')})
  and on (${BY_SERVICE}) ${R.calls('hour')} > 1.25 * ${R.calls('page')}
  or
  ${R.failures(w)} > ${ON_SERVICE} ${most(c, R.calls(w))}
)`;

/** The least share that can be one: said first, so that whoever reads or evaluates the rule can stop there. */
const above = (c: Context, floor: number): string =>
  `> ${Math.min(floor, ...c.overrides.map((o) => o.set.spikeRatio ?? 1))}`;

const form = (c: Context, w: Form, ...more: readonly string[]): string =>
  [
    `${R.failures(w)} / ${ON_SERVICE} ${R.calls(w)} ${above(c, w === 'page' ? c.t.spikeFloor : c.t.lastingFloor)}`,
    ...more,
    `and ${R.failures(w)} > ${chance(c, w)}`,
    lasting(c, w),
    established(c, w),
  ].join('\n');

/**
 * Spike by code. Every line removes one way of being wrong: chance (the bound), a handful of failures, what is over (the
 * newest window must be bad too), a blip, a service that has only just started, a code with another name, and failures that are
 * as many as ever among fewer calls. The value is the failure ratio.
 */
export function spikes(c: Context): RecordingRule[] {
  const [usual, steady] = [held(c, R.usual), held(c, R.steady)];
  const still = `and ${R.failures('page')} / ${ON_SERVICE} ${R.calls('page')} > ${R.threshold('quarter')}`;
  const few = `and on (${BY_SERVICE}) ${R.calls('page')} < ${c.t.fewCalls}`;
  /** A quarter of which only five minutes are known, after Prometheus was away, is as noisy as those. */
  const whole = `and on (${BY_SERVICE}) ${R.calls('quarter')} > 1.5 * ${R.calls('page')}`;
  /** The hour is not over: its newest quarter is at least half as bad. */
  const goesOn = `and ${R.failures('quarter')} / ${ON_SERVICE} ${R.calls('quarter')} > 0.5 * (${R.failures('hour')} / ${ON_SERVICE} ${R.calls('hour')})`;
  const least = (w: Form) =>
    `and ${compare(c, R.failures(w), '>=', 'spikeErrors', w === 'page' ? c.t.spikeErrors : c.t.lastingErrors, R.calls('page'))}`;
  const now = `and ${R.failures('confirm')} / ${ON_SERVICE} ${R.calls('confirm')} > ${R.threshold('page')}`;
  const beyond = (w: 'quarter' | 'hour', factor: number, offset = '') => {
    const [f, n] = [`${R.failures(w)}${offset}`, `(${R.calls(w)}${offset})`];
    return `and (
  ${f} > ${factor} * ${usual} * ${ON_SERVICE} ${n}
  or
  ${f} > (1 - ${c.t.worseLeft} * (1 - ${usual})) * ${ON_SERVICE} ${n}
)`;
  };
  const worse = (w: 'quarter' | 'hour', now: string, ...more: readonly string[]) =>
    [
      `${R.failures(w)} / ${ON_SERVICE} ${R.calls(w)} > ${c.t.worseUsual}`,
      `and ${usual} > ${c.t.worseUsual} and ${R.failures('quarter')} >= ${c.t.worseErrors}`,
      ...more,
      now,
    ].join('\n');
  const high = (w: 'page' | 'quarter', factor: number) =>
    `and ${R.failures(w)} > ${factor} * ${usual} * ${ON_SERVICE} ${R.calls(w)}`;
  /** Not only at this hour: what fails nightly has too few hours to be known so well. */
  const always = `and ${held(c, R.median)} > ${c.t.worseUsual}`;
  const forms = [
    form(c, 'page', least('page'), now),
    form(c, 'quarter', least('quarter'), still, whole),
    worse(
      'quarter',
      high('page', c.t.worseNow),
      always,
      beyond('quarter', c.t.worseFactor),
      beyond('quarter', c.t.worseFactor, ` offset ${c.w('quarter')}`),
    ),
    worse('hour', high('quarter', c.t.worseLasting), always, beyond('hour', c.t.worseLasting)),
    form(c, 'hour', few, least('hour'), still, goesOn),
  ];
  const baseline = `${held(c, R.baseline)} or ${R.failures('page')} * 0`;
  const mostly = `${R.failures('quarter')} > ${ON_SERVICE} ${most(c, R.calls('quarter'))}`;
  return [
    {
      record: R.threshold('page'),
      expr: threshold(c, [times(c, c.t.spikeFactor, baseline, c.t.spikeFloor), `${c.t.spikeUsualFactor} * ${usual}`]),
    },
    {
      record: R.threshold('quarter'),
      expr: threshold(c, [
        times(c, c.t.lastingFactor, baseline, c.t.lastingFloor),
        // What fails every day wanders, for a quarter of an hour too.
        times(c, c.t.spikeFactor, `${held(c, R.median)} > 0`, c.t.dailyFloor),
        `${c.t.lastingUsualFactor} * ${usual}`,
      ]),
    },
    { record: R.sparse, expr: sparse(c) },
    {
      record: R.excess,
      expr: `${R.failures('quarter')} - ${worst(R.failuresOfMinute, c, 'quarter')}
- (${usual} * ${ON_SERVICE} (${R.calls('quarter')} - ${worst(R.callsOfMinute, c, 'quarter')}) or ${R.failures('quarter')} * 0)`,
    },
    {
      record: R.spike,
      expr: `(\n${forms.map((f) => `  (\n${indent(indent(f))}\n  )`).join('\n  or\n')}\n)
and (
  ${R.failures('quarter')} > ${c.t.gainedFactor} * ${steady} + 4 * sqrt(${steady})
  or
  ${R.failures('quarter')} unless ${steady}
  or
  ${mostly}
)
and (
  ${R.excess}${ALL}
  or
  ${c.t.renamedShare} * ${R.excess}${ONE} < ${ON_OWNER} ${R.excess}${ALL}
)
unless ${c.t.renamedShare} * (${R.failures('page')}${ONE} unless ${usual}) > ${ON_OWNER} (${R.failures('page')}${ALL} - ${held(c, `${R.usual}${ALL}`)} * ${ON_SERVICE} ${R.calls('page')})`,
    },
    {
      record: R.p95,
      expr: `histogram_quantile(0.95, sum by (${BY_SERVICE}, le) (increase(${METRICS.duration.name}_bucket[${c.w('latency')}])))`,
    },
    {
      record: R.timed,
      expr: `sum by (${BY_SERVICE}) (increase(${METRICS.duration.name}_count[${c.w('latency')}]))`,
    },
  ];
}
