import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

/** A wrong clock alone is the host's affair; together with refused credentials it is the likely cause. */
export const clock = (c: Context): AlertRule[] => [
  {
    alert: 'ApiClockOffset',
    expr: `max by (service_name) (abs(${METRICS.clockOffset.name})) > ${c.t.clockOffsetSeconds}
and on (service_name) sum by (service_name) (${RECORDED.failures('page')}{codes="",api_failure_layer="auth"}) > 0`,
    for: c.w('healthFor'),
    keepFiringFor: c.w('quarter'),
    severity: 'ticket',
    owner: 'caller',
    summary: '{service}: clock off by {seconds}, and credentials are refused',
    description:
      'The host of {service} differs from its providers’ clocks by {seconds} while calls fail at the auth layer. Signed requests and tokens depend on the time.',
    page: { about: ['service_name'], dashboard: 'overview' },
  },
];
