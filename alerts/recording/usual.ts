import type { Context } from '../options.ts';
import { BY_OWNER, BY_SERVICE, greatest, indent, ON_SERVICE, smaller } from '../promql.ts';
import { RECORDED, type RecordingRule } from '../recorded.ts';
import { WINDOWS } from '../thresholds.ts';

const R = RECORDED;
const BY = `${BY_OWNER}, api_failure_layer, api_provider_code, codes`;

/**
 * What is usual: slow-moving, evaluated less often. Medians over the hours of a day, since an incident of less than half a day does not move
 * them; hours without calls are no hours, since 0 / 0 is no history.
 */
export function usual(c: Context): RecordingRule[] {
  const overDay = (series: string) => `${series}[${c.w('day')}:${c.w('latency')}] offset ${c.w('guard')}`;
  // The worst hour that this time was in: a nightly job begins and ends within hours. What one day alone says counts from half an hour before
  // that time on, so that an earlier incident hides less of the next.
  const around = (w: 'day' | 'twoDays' | 'week', ahead: 'hour' | 'halfHour' = 'hour') =>
    `max_over_time(${R.ratio}[${c.w(ahead)}:${c.w('latency')}] offset ${c.w(WINDOWS[w] - WINDOWS[ahead])})`;
  const median = (series: string) => `quantile_over_time(0.5, ${series})`;
  /** A code that came up yesterday has values of the incident only: those before were none. */
  const known = (series: string) =>
    `count_over_time(${overDay(series)}) >= ${ON_SERVICE} (${c.t.knownShare} * ${R.windows})`;
  const recent = `${R.failures('quarter')}[${c.w('twoHours')}:${c.w('latency')}] offset ${c.w('guard')}`;
  return [
    { record: R.ratio, expr: `${R.failures('hour')} / ${ON_SERVICE} (${R.calls('hour')} > 0)` },
    {
      record: R.windows,
      expr: `count_over_time((${R.calls('hour')} > 0)[${c.w('day')}:${c.w('latency')}] offset ${c.w('guard')})`,
    },
    { record: R.median, expr: `${median(overDay(R.ratio))}\nand ${known(R.ratio)}` },
    {
      record: R.usual,
      expr: greatest(BY, [
        `(${R.median} and on (${BY_SERVICE}) ${R.windows} >= ${c.t.historyWindows})`,
        `(\n${indent(smaller(around('day'), around('twoDays')))}\n)`,
      ]),
    },
    {
      record: R.baseline,
      expr: greatest(BY, [R.median, R.usual, around('day', 'halfHour'), around('week', 'halfHour')]),
    },
    {
      record: R.steady,
      expr: `(\n${indent(smaller(median(recent), median(overDay(R.failures('quarter')))))}\n)\nand ${known(R.failures('quarter'))}`,
    },
    {
      record: R.p95Baseline,
      expr: greatest(BY_SERVICE, [
        `avg_over_time(${R.p95}[${c.w('day')}:${c.w('latency')}] offset ${c.w('hour')})`,
        `${R.p95} offset ${c.w('day')}`,
        `${R.p95} offset ${c.w('week')}`,
      ]),
    },
  ];
}
