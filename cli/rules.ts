import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { rulesFor } from '../alerts/groups.ts';
import { LINKS, type Override, type RuleOptions } from '../alerts/options.ts';
import type { Channels } from '../alerts/routing/alertmanager.ts';
import { teamRows } from '../alerts/teams.ts';
import { OVERRIDABLE, THRESHOLDS } from '../alerts/thresholds.ts';
import { prometheusRuleYaml, rulesYaml, writeAlertmanager, writeRules } from '../alerts/write.ts';
import { command, didYouMean, flag, list, output, text, UsageError } from './command.ts';

const USAGE = `usage: faultlayer rules [options]

Prints the Prometheus rules, or with --out writes rules.yml, and alertmanager.yml when --webhook names its receiver.`;

const EXITS = `Thresholds: ${Object.keys(THRESHOLDS).join(', ')}
Overrides are a YAML or JSON list of {provider, service, set: {NAME: N}} with NAME one of
${Object.keys(OVERRIDABLE).join(', ')}
Owners are a list of {team, service, provider, template, webhook}: the first row that fits an alert writes its label
\`team\`; with --webhook there are routes for it, to the row's own webhook if it has one.`;

/** Writes the rules with the chosen scale, thresholds and overrides. */
export const run = command({
  name: 'rules',
  usage: USAGE,
  options: {
    out: text('folder', 'write files there'),
    operator: flag('print a PrometheusRule resource for the Prometheus Operator'),
    json: flag('print the groups as JSON'),
    scale: text('n', 'multiply every window by n (1/60 makes an hour a minute)'),
    set: list('NAME=N', 'another threshold, repeatable'),
    overrides: text('file', 'thresholds of single providers and services'),
    owners: text('file', 'teams of alerts'),
    grafana: text('url', 'where the dashboards are'),
    evidence: text('url', "where the collector's pages are"),
    alertmanager: text('url', 'where Alertmanager is'),
    runbooks: text('url', 'where the runbooks are'),
    webhook: text('url', 'where alerts are sent'),
  },
  exits: EXITS,
  run(v) {
    const given = (Object.keys(LINKS) as (keyof typeof LINKS)[]).filter((name) => v[name] !== undefined);
    const links = Object.fromEntries(given.map((name) => [name, v[name]!.replace(/\/+$/, '')]));
    const teams = v.owners === undefined ? [] : teamRows(parse(readFileSync(v.owners, 'utf8')));
    const options: RuleOptions = {
      scale: scaleOf(v.scale),
      thresholds: thresholdsOf(v.set ?? []),
      overrides: v.overrides === undefined ? [] : overridesOf(v.overrides),
      links,
      teams,
    };
    warnOfLoopback({ ...LINKS, ...links });
    const groups = rulesFor(options);
    if (v.out !== undefined) {
      process.stdout.write(`${writeRules(v.out, options)}\n`);
      if (v.webhook !== undefined) {
        // each team's own webhook, else the one of all
        const own = Object.fromEntries(teams.map((row) => [row.team, channelsOf(row.webhook ?? v.webhook!)]));
        const routing = { scale: options.scale ?? 1, channels: channelsOf(v.webhook), teams: own };
        process.stdout.write(`${writeAlertmanager(v.out, routing)}\n`);
      }
    } else output(v, groups, () => (v.operator ? prometheusRuleYaml(groups) : rulesYaml(groups)));
    return 0;
  },
});

const channelsOf = (url: string): Channels => ({
  page: [{ kind: 'webhook', url }],
  ticket: [{ kind: 'webhook', url }],
});

/** A page is read on a telephone, where these lead nowhere. */
function warnOfLoopback(links: Readonly<Record<string, string>>): void {
  const here = ['grafana', 'evidence', 'alertmanager'].filter((name) =>
    /^https?:\/\/(localhost|127\.|\[::1\])/.test(links[name]!),
  );
  if (here.length === 0) return;
  process.stderr.write(
    `faultlayer rules: links of pages lead to this machine; give their URLs with --${here.join(', --')}\n`,
  );
}

function scaleOf(text = '1'): number {
  const [, over, under = '1'] = /^(\d*\.?\d+)(?:\/(\d*\.?\d+))?$/.exec(text) ?? [];
  if (over === undefined) throw new UsageError(`--scale must be a number or a fraction such as 1/60, not '${text}'`);
  return Number(over) / Number(under);
}

function thresholdsOf(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, number] = /^(\w+)=(\d*\.?\d+)$/.exec(pair) ?? [];
      if (name === undefined) throw new UsageError(`--set wants NAME=NUMBER, not '${pair}'`);
      if (!Object.hasOwn(THRESHOLDS, name))
        throw new UsageError(`there is no threshold '${name}'${didYouMean(name, Object.keys(THRESHOLDS))}`);
      return [name, Number(number)];
    }),
  );
}

function overridesOf(path: string): Override[] {
  const rows: unknown = parse(readFileSync(path, 'utf8'));
  if (Array.isArray(rows)) return rows as Override[];
  throw new UsageError(`${path} must hold a list of overrides`);
}
