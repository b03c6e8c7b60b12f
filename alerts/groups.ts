import { contextOf, type RuleOptions } from './options.ts';
import { annotations } from './page/annotations.ts';
import type { RecordingRule } from './recorded.ts';
import { counts } from './recording/counts.ts';
import { spikes } from './recording/spike.ts';
import { usual } from './recording/usual.ts';
import { job, newCode, providerDown, spike } from './rules/failing.ts';
import { health } from './rules/health.ts';
import { host, latency, silence } from './rules/late.ts';
import { ahead, burn, retries } from './rules/slow.ts';
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

/** Every kind of alert. What inhibits others comes first: rules are evaluated, and alerts sent, in order. */
const KINDS = [providerDown, spike, job, silence, host, newCode, burn, latency, ahead, retries, health];

/** The rule groups for these options; throws one sentence when an option cannot be used. */
export function rulesFor(options: RuleOptions = {}): Group[] {
  const c = contextOf(options);
  const team = teamLabel(options.teams ?? []);
  const alerts = KINDS.flatMap((kind) => kind(c)).map(
    (rule): Alert => ({
      alert: rule.alert,
      expr: rule.expr,
      ...(rule.for === undefined ? {} : { for: rule.for }),
      ...(rule.keepFiringFor === undefined ? {} : { keep_firing_for: rule.keepFiringFor }),
      labels: {
        severity: rule.severity,
        // Alertmanager routes by it, so that a page goes to those who can act on it.
        owner: rule.owner === 'by_label' ? '{{ $labels.api_failure_owner }}' : rule.owner,
        ...(team === undefined ? {} : { team }),
      },
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
