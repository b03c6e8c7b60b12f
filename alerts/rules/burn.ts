import type { Context } from '../options.ts';
import { overrideVector } from '../overrides.ts';
import { BY_SERVICE, indent, ON_SERVICE } from '../promql.ts';
import { ALL, RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const { calls, failures, baseline, spike } = RECORDED;
const owned = (w: 'page' | 'hour') => `${failures(w)}${ALL}`;

/**
 * Failures by owner that spend the error budget: fast, by long and short window together (SRE workbook, chapter 5,
 * "multiwindow"), or slowly, by how many of the last five minutes were bad. A sum over hours says less of the slow form: one
 * outage that is over, and was paged, fills it, and ratios that waver around the limit never hold `for` long enough. What is
 * more than chance at a page’s threshold is the pages’ matter: half an hour later nothing of it is left in the slow form’s newest
 * window. A service in its first hour has no usual yet.
 */
export const burn = (c: Context): AlertRule[] => {
  const budget = 1 - c.t.objective;
  const limit = (factor: number, times: number): string => {
    const least = Number((factor * budget).toPrecision(4));
    const own = `clamp_min(${times} * (${baseline}${ALL} or ${owned('hour')} * 0), ${least})`;
    const override = overrideVector(c, 'burnRatio', calls('hour'));
    if (override === undefined) return own;
    return `(\n  ${owned('hour')} * 0 + ${ON_SERVICE} (\n${indent(indent(override))}\n  )\n  or\n  ${own}\n)`;
  };
  const ratio = (w: 'page' | 'hour') => `${owned(w)} / ${ON_SERVICE} ${calls(w)}`;
  const [twoHours, hour, page] = [c.w('twoHours'), c.w('hour'), c.w('page')];
  return [
    {
      alert: 'ApiFailureBudgetBurn',
      expr: `(
  (
    ${ratio('hour')} > ${limit(c.t.burnFast, c.t.burnBaselineFactor)}
    and ${ratio('page')} > ${limit(c.t.burnSlow, c.t.burnBaselineFactor)}
    and ${owned('hour')} >= ${c.t.burnErrors}
  )
  or
  (
    ${ratio('hour')} > ${limit(c.t.burnSlow, c.t.burnLastingFactor)}
    and avg_over_time((${ratio('page')} > bool ${limit(c.t.burnSlow, c.t.burnLastingFactor)})[${twoHours}:${page}]) >= ${c.t.burnLastingShare}
    and sum_over_time(${owned('hour')}[${twoHours}:${hour}]) >= ${c.t.burnErrors}
    unless on (${BY_SERVICE}) count_over_time(${spike}[${hour}:${page}]) > 0
  )
)
and on (${BY_SERVICE}) ${calls('hour')} offset ${hour} > 0`,
      for: c.w('burnFor'),
      keepFiringFor: c.w('ticketKeepFiring'),
      severity: 'ticket',
      owner: 'by_label',
      summary: '{service} → {provider}: failures for the {owner} keep spending the budget',
      description: '{ratio} of calls fail, well above the usual, for more than {burnFor}.',
      page: { about: ['service_name', 'api_provider_name'], dashboard: 'provider', failing: true },
    },
  ];
};
