import { contextOf, type RuleOptions } from './options.ts';
import { annotations } from './page/annotations.ts';
import { duration } from './promql.ts';
import type { RecordingRule } from './recorded.ts';
import { counts } from './recording/counts.ts';
import { spikes } from './recording/spike.ts';
import { usual } from './recording/usual.ts';
import type { AlertRule } from './rule.ts';
import { alertRules } from './rules/index.ts';
import { teamLabel } from './teams.ts';

/** The form both a Prometheus rule file and a PrometheusRule resource hold. */
export interface Group {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | Alert)[];
}
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The rule groups for these options; throws one sentence when an option cannot be used. */
export function rulesFor(options: RuleOptions = {}): Group[] {
  const c = contextOf(options, duration);
  const team = teamLabel(options.teams ?? []);
  const alerts = alertRules(c).map(
    (rule): Alert => ({
      alert: rule.alert,
      expr: rule.expr,
      ...(rule.for === undefined ? {} : { for: rule.for }),
      ...(rule.keepFiringFor === undefined ? {} : { keep_firing_for: rule.keepFiringFor }),
      labels: { severity: rule.severity, owner: ownerLabel(rule), ...(team === undefined ? {} : { team }) },
      annotations: annotations(c, rule),
    }),
  );
  const pipeline = alerts.filter((a) => a.labels['owner'] === 'pipeline');
  return [
    { name: 'faultlayer-recorded', interval: c.w('evaluation'), rules: [...counts(c), ...spikes(c)] },
    { name: 'faultlayer-baselines', interval: c.w('baselineEvaluation'), rules: usual(c) },
    { name: 'faultlayer-alerts', interval: c.w('evaluation'), rules: alerts.filter((a) => !pipeline.includes(a)) },
    { name: 'faultlayer-pipeline', interval: c.w('evaluation'), rules: pipeline },
  ];
}

/** The alerts of these groups, in their order. */
export const alertsOf = (groups: readonly Group[]): Alert[] =>
  groups.flatMap((g) => g.rules.flatMap((r) => ('alert' in r ? [r] : [])));

/** Alertmanager routes by this label, so that a page goes to those who can act on it. */
const ownerLabel = (rule: AlertRule): string =>
  rule.owner === 'by_label' ? '{{ $labels.api_failure_owner }}' : rule.owner;
