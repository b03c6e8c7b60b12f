import { LAYERS, METRICS, type Owner } from '../src/contract/index.ts';
import type { Context } from './options.ts';
import { overrideVector } from './overrides.ts';
import { BY_CODE, BY_OWNER, BY_SERVICE, greatest, indent, ON_SERVICE } from './promql.ts';

/**
 * The recorded series, for rules and dashboards alike. The window in a name is the production one; with a scale the
 * name stays and the window shrinks. `increase` and not `rate`: counts are what the confidence bound and the page need.
 */
export const RECORDED = {
  /** Calls by service and provider. */
  calls: (w: '2m' | '5m' | '15m' | '30m' | '1h') => `service_provider:api_client_calls:increase${w}`,
  /** Failures by service, provider, layer and code. */
  failures: (w: '1m' | '2m' | '5m' | '15m' | '1h') => `service_provider_code:api_client_failures:increase${w}`,
  /** Failures that the scrapes of a minute show, counted and not extrapolated. */
  minute: 'service_provider_code:api_client_failures:minute',
  /** Failures by service, provider and owner (caller, network, provider, load). */
  owned: (w: '5m' | '30m' | '1h') => `service_provider_owner:api_client_failures:increase${w}`,
  /** The ratio that is usual for the series: the largest of the last day, this hour yesterday, this hour last week. */
  baseline: 'service_provider_code:api_client_failure_ratio:baseline',
  /** The mean of the last day alone, which one incident hardly moves. */
  dayMean: 'service_provider_code:api_client_failure_ratio:mean1d',
  /** The ratio from which it is a spike. */
  threshold: 'service_provider_code:api_client_failure_ratio:threshold',
  /** The failures in 5 m, 15 m and 1 h up to which chance alone explains them at the threshold. */
  limit: (w: '5m' | '15m' | '1h') => `service_provider_code:api_client_failures:limit${w}`,
  /** 1 while the newest two minutes are above the threshold, else 0. */
  bad: 'service_provider_code:api_client_failure_ratio:above_threshold2m',
  burnBaseline: 'service_provider_owner:api_client_failure_ratio:baseline',
  p95: 'service_provider:api_client_duration_seconds:p95_10m',
  p95Baseline: 'service_provider:api_client_duration_seconds:p95_baseline',
  timed: 'service_provider:api_client_duration_seconds:count10m',
} as const;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** `layer` → `owner` as the contract has it, as a label. */
function withOwner(vector: string): string {
  const owners = [...new Set(LAYERS.map((l) => l.owner))] as Owner[];
  return owners.reduce((inner, owner) => {
    const layers = LAYERS.filter((l) => l.owner === owner).map((l) => l.name);
    return `label_replace(\n${indent(inner)},\n  "api_failure_owner", "${owner}", "api_failure_layer", "${layers.join('|')}"\n)`;
  }, vector);
}

const FAILED = `${METRICS.calls.name}{api_failure_layer!=""}`;
const owned = (window: string): string =>
  `sum by (${BY_OWNER}) (\n${indent(withOwner(`sum by (${BY_SERVICE}, api_failure_layer) (increase(${FAILED}[${window}]))`))}\n)`;

/**
 * Failures that a series at threshold t may have among n calls by chance: the arcsine of the root of a binomial ratio has
 * the same spread, 1 / (2·√n), whatever the ratio (Bartlett 1947; Anscombe 1948), so the bound is n·sin²(asin√t + z/(2·√n)).
 * It holds for a handful of calls too, where bounds from the normal curve (Wald’s, and Wilson’s on the low side) let through
 * many times what they promise.
 */
export const limit = (w: '5m' | '15m' | '1h', z: number): string =>
  `sin(clamp_max(asin(sqrt(${RECORDED.threshold})) + ${ON_SERVICE} (${z / 2} / sqrt(${RECORDED.calls(w)})), pi() / 2)) ^ 2 * ${ON_SERVICE} ${RECORDED.calls(w)}`;

/**
 * `increase` over a minute sees two scrapes, which hold half of it, and doubles what they show: of four failures one looks
 * like two. The plain difference of a counter does not; only where the process restarted has it no meaning.
 */
const minute = (w: string): string =>
  `sum by (${BY_CODE}) (
  max_over_time(${FAILED}[${w}]) - min_over_time(${FAILED}[${w}]) unless resets(${FAILED}[${w}]) > 0
  or
  increase(${FAILED}[${w}])
)`;

function threshold(c: Context): string {
  const clamped = `clamp(\n  ${c.t.spikeFactor} * (${RECORDED.baseline} or ${RECORDED.failures('5m')} * 0),\n  ${c.t.spikeFloor}, ${c.t.spikeCap}\n)`;
  const usual = `clamp_max(${c.t.spikeDayFactor} * ${RECORDED.dayMean}, 0.9)`;
  const own = greatest(BY_CODE, [clamped, usual]);
  const override = overrideVector(c, 'spikeRatio', RECORDED.calls('5m'));
  if (override === undefined) return own;
  return `${RECORDED.failures('5m')} * 0 + ${ON_SERVICE} (\n${indent(override)}\n)\nor\n${own}`;
}

/** Evaluated at every interval, in this order: each line may use those above it. */
export function recorded(c: Context): RecordingRule[] {
  const increase = (by: string, series: string, w: Parameters<Context['w']>[0]) =>
    `sum by (${by}) (increase(${series}[${c.w(w)}]))`;
  return [
    { record: RECORDED.calls('2m'), expr: increase(BY_SERVICE, METRICS.calls.name, 'confirm') },
    { record: RECORDED.calls('5m'), expr: increase(BY_SERVICE, METRICS.calls.name, 'page') },
    { record: RECORDED.calls('15m'), expr: increase(BY_SERVICE, METRICS.calls.name, 'quarter') },
    { record: RECORDED.calls('30m'), expr: increase(BY_SERVICE, METRICS.calls.name, 'halfHour') },
    { record: RECORDED.calls('1h'), expr: increase(BY_SERVICE, METRICS.calls.name, 'hour') },
    { record: RECORDED.failures('2m'), expr: increase(BY_CODE, FAILED, 'confirm') },
    // Where a missed scrape left the minute without two samples, two minutes stand in for it.
    { record: RECORDED.failures('1m'), expr: `${increase(BY_CODE, FAILED, 'blip')}\nor\n${RECORDED.failures('2m')}` },
    { record: RECORDED.minute, expr: minute(c.w('minute')) },
    { record: RECORDED.failures('5m'), expr: increase(BY_CODE, FAILED, 'page') },
    { record: RECORDED.failures('15m'), expr: increase(BY_CODE, FAILED, 'quarter') },
    { record: RECORDED.failures('1h'), expr: increase(BY_CODE, FAILED, 'hour') },
    { record: RECORDED.owned('5m'), expr: owned(c.w('page')) },
    { record: RECORDED.owned('30m'), expr: owned(c.w('halfHour')) },
    { record: RECORDED.owned('1h'), expr: owned(c.w('hour')) },
    { record: RECORDED.threshold, expr: threshold(c) },
    { record: RECORDED.limit('5m'), expr: limit('5m', c.t.z) },
    { record: RECORDED.limit('15m'), expr: limit('15m', c.t.z) },
    { record: RECORDED.limit('1h'), expr: limit('1h', c.t.z) },
    {
      record: RECORDED.bad,
      expr: `${RECORDED.failures('2m')} / ${ON_SERVICE} ${RECORDED.calls('2m')} > bool ${RECORDED.threshold}`,
    },
    {
      record: RECORDED.p95,
      expr: `histogram_quantile(0.95, sum by (${BY_SERVICE}, le) (increase(${METRICS.duration.name}_bucket[${c.w('latency')}])))`,
    },
    {
      record: RECORDED.timed,
      expr: `sum by (${BY_SERVICE}) (increase(${METRICS.duration.name}_count[${c.w('latency')}]))`,
    },
  ];
}

/** What is usual: slow-moving, evaluated less often. */
export function baselines(c: Context): RecordingRule[] {
  const [day, hour, guard, often] = [c.w('day'), c.w('hour'), c.w('guard'), c.w('latency')];
  // Every ten minutes, so that a service half an hour old has a baseline when it may first page.
  const overDay = (series: string) => `sum_over_time(${series}[${day}:${often}] offset ${guard})`;
  // The hour around this time: half an hour on either side, a day and a week ago.
  const around = (seconds: number) => c.w(seconds - 1800);
  const ratio = (failures: string, at: (series: string) => string) =>
    `${at(failures)} / ${ON_SERVICE} ${at(RECORDED.calls('1h'))}`;
  const seasons = (failures: string, day: string) => [
    day,
    ratio(failures, (s) => `${s} offset ${around(86_400)}`),
    ratio(failures, (s) => `${s} offset ${around(604_800)}`),
  ];
  return [
    { record: RECORDED.dayMean, expr: ratio(RECORDED.failures('1h'), overDay) },
    { record: RECORDED.baseline, expr: greatest(BY_CODE, seasons(RECORDED.failures('1h'), RECORDED.dayMean)) },
    {
      record: RECORDED.burnBaseline,
      expr: greatest(BY_OWNER, seasons(RECORDED.owned('1h'), ratio(RECORDED.owned('1h'), overDay))),
    },
    {
      record: RECORDED.p95Baseline,
      expr: greatest(BY_SERVICE, [
        `avg_over_time(${RECORDED.p95}[${day}:${c.w('latency')}] offset ${hour})`,
        `${RECORDED.p95} offset ${day}`,
        `${RECORDED.p95} offset ${c.w('week')}`,
      ]),
    },
  ];
}
