import type { Context } from '../options.ts';
import { overrideVector } from '../overrides.ts';
import { indent, ON_SERVICE } from '../promql.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const { calls, owned, burnBaseline } = RECORDED;

/**
 * Failures by owner that spend the error budget, long and short window together (SRE workbook, chapter 5, "multiwindow").
 * The newest five minutes are asked in both forms, half an hour still holds an incident that is over and was paged; but only
 * for the slower pace, or the noise of five minutes would keep the fast form from lasting.
 */
export const burn = (c: Context): AlertRule[] => {
  const budget = 1 - c.t.objective;
  const limit = (factor: number): string => {
    const least = Number((factor * budget).toPrecision(4));
    const own = `clamp_min(${c.t.burnBaselineFactor} * (${burnBaseline} or ${owned('1h')} * 0), ${least})`;
    const override = overrideVector(c, 'burnRatio', calls('1h'));
    if (override === undefined) return own;
    return `(\n  ${owned('1h')} * 0 + ${ON_SERVICE} (\n${indent(indent(override))}\n  )\n  or\n  ${own}\n)`;
  };
  const above = (failed: string, all: string, factor: number) => `${failed} / ${ON_SERVICE} ${all} > ${limit(factor)}`;
  const long = (series: string) => `sum_over_time(${series}[${c.w('sixHours')}:${c.w('hour')}])`;
  return [
    {
      alert: 'ApiFailureBudgetBurn',
      expr: `(
${indent(above(owned('1h'), calls('1h'), c.t.burnFast))}
  and ${above(owned('5m'), calls('5m'), c.t.burnSlow)}
  and ${owned('1h')} >= ${c.t.burnErrors}
)
or
(
${indent(above(long(owned('1h')), long(calls('1h')), c.t.burnSlow))}
  and ${above(owned('30m'), calls('30m'), c.t.burnSlow)}
  and ${above(owned('5m'), calls('5m'), c.t.burnSlow)}
  and ${long(owned('1h'))} >= ${c.t.burnErrors}
)`,
      for: c.w('burnFor'),
      keepFiringFor: c.w('ticketKeepFiring'),
      severity: 'ticket',
      owner: 'by_label',
      summary: '{service} → {provider}: failures for the {owner} keep spending the budget',
      description: '{ratio} of calls fail, well above the usual, for more than {burnFor}.',
      page: { about: ['service_name', 'api_provider_name'], dashboard: 'provider' },
    },
  ];
};
