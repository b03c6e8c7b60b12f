import type { Context } from '../options.ts';
import { BY_CODE, BY_SERVICE, ON_SERVICE } from '../promql.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const { calls, failures } = RECORDED;

/** A code that neither the day before nor this time last week has seen, of a service that did call then; still going on, and no blip. */
export const newCode = (c: Context): AlertRule[] => [
  {
    alert: 'ApiNewErrorCode',
    expr: `${failures('hour')}{codes="",api_provider_code!=""} / ${ON_SERVICE} ${calls('hour')} > ${c.t.newCodeRatio}
and ${failures('hour')} >= ${c.t.newCodeErrors}
and ${failures('page')} > 0
and sum_over_time((${failures('page')} > bool 0)[${c.w('hour')}:${c.w('page')}]) >= ${c.t.newCodeWindows}
and on (${BY_SERVICE}) ${calls('hour')} offset ${c.w('day')} > 0
unless on (${BY_CODE}) sum_over_time(${failures('hour')}[${c.w('day')}:${c.w('hour')}] offset ${c.w('hour')}) > 0
unless on (${BY_CODE}) ${failures('hour')} offset ${c.w('week')} > 0`,
    for: c.w('newCodeFor'),
    keepFiringFor: c.w('ticketKeepFiring'),
    severity: 'ticket',
    owner: 'by_label',
    summary: '{service} → {provider}: new code {code}',
    description: '{code} was not seen in the day before: {failures1h} of {calls1h} calls in {window1h}.',
    page: {
      about: ['service_name', 'api_provider_name', 'api_failure_layer', 'api_provider_code'],
      dashboard: 'failure',
      failing: true,
    },
  },
];
