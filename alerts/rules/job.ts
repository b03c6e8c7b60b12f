import type { Context } from '../options.ts';
import { BY_SERVICE, ON_SERVICE } from '../promql.ts';
import { ALL, RECORDED } from '../recorded.ts';
import { most } from '../recording/spike.ts';
import type { AlertRule } from '../rule.ts';

const { calls, failures } = RECORDED;

/**
 * Calls that come in runs are judged by the run: it is over, it is all there was this hour, and most of it failed; no quarter of the
 * day before had half as many failures. Two runs of an hourly job count together, so that three calls an hour are enough.
 */
export const job = (c: Context): AlertRule[] => [
  {
    alert: 'ApiJobFailing',
    expr: `${failures('quarter')}${ALL} / ${ON_SERVICE} ${calls('quarter')}
and ${failures('quarter')} > ${ON_SERVICE} (${c.t.mostRatio} * ${calls('quarter')})
and (
  ${failures('quarter')} >= ${c.t.jobErrors} and ${failures('quarter')} > ${ON_SERVICE} ${most(c, 'quarter')}
  or
  ${failures('quarter')} + (${failures('quarter')} offset ${c.w('hour')}) >= ${c.t.jobErrorsOfTwo}
)
and on (${BY_SERVICE}) ${calls('confirm')} == 0
and on (${BY_SERVICE}) ${calls('hour')} < 1.2 * ${calls('quarter')}
unless max_over_time(${failures('quarter')}${ALL}[${c.w('day')}:${c.w('latency')}] offset ${c.w('jobPast')}) > 0.5 * ${failures('quarter')}${ALL}`,
    keepFiringFor: c.w('jobKeepFiring'),
    severity: 'page',
    owner: 'by_label',
    summary: '{service} → {provider}: the run of a job failed with {topCode}',
    description: '{ratio} of the run’s calls failed: {failures15m} of {calls15m}. The day before had no such run.',
    page: { about: ['service_name', 'api_provider_name'], dashboard: 'provider', failing: true },
  },
];
