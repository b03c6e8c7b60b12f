import { LAYERS, type Owner } from '../src/contract/index.ts';
import { contextOf, type RuleOptions } from './options.ts';
import { annotations } from './page/annotations.ts';
import { duration } from './promql.ts';
import { baselines, type RecordingRule, recorded } from './recorded.ts';
import type { AlertRule } from './rule.ts';
import { alertRules } from './rules/index.ts';

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
  const alerts = alertRules(c).map(
    (rule): Alert => ({
      alert: rule.alert,
      expr: rule.expr,
      ...(rule.for === undefined ? {} : { for: rule.for }),
      ...(rule.keepFiringFor === undefined ? {} : { keep_firing_for: rule.keepFiringFor }),
      labels: { severity: rule.severity, owner: ownerLabel(rule) },
      annotations: annotations(c, rule),
    }),
  );
  const pipeline = alerts.filter((a) => a.labels['owner'] === 'pipeline');
  return [
    { name: 'faultlayer-recorded', interval: c.w('evaluation'), rules: recorded(c) },
    { name: 'faultlayer-baselines', interval: c.w('baselineEvaluation'), rules: baselines(c) },
    { name: 'faultlayer-alerts', interval: c.w('evaluation'), rules: alerts.filter((a) => !pipeline.includes(a)) },
    { name: 'faultlayer-pipeline', interval: c.w('evaluation'), rules: pipeline },
  ];
}

/** The alerts of these groups, in their order. */
export const alertsOf = (groups: readonly Group[]): Alert[] =>
  groups.flatMap((g) => g.rules.flatMap((r) => ('alert' in r ? [r] : [])));

/** Alertmanager routes by this label, so that a page goes to those who can act on it. */
function ownerLabel(rule: AlertRule): string {
  if (rule.owner === 'by_label') return '{{ $labels.api_failure_owner }}';
  if (rule.owner !== 'by_layer') return rule.owner;
  const owners = [...new Set(LAYERS.map((l) => l.owner))].filter((o): o is Exclude<Owner, 'caller'> => o !== 'caller');
  const branches = owners.map((owner, i) => {
    const layers = LAYERS.filter((l) => l.owner === owner).map((l) => l.name);
    return `{{ ${i === 0 ? 'if' : 'else if'} match "^(${layers.join('|')})$" $labels.api_failure_layer }}${owner}`;
  });
  return `${branches.join('')}{{ else }}caller{{ end }}`;
}
