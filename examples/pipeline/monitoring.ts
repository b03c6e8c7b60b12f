import { parse, stringify } from 'yaml';
import { rulesFor } from '../../alerts/groups.ts';
import { JOBS } from '../../alerts/rules/health.ts';
import { rulesYaml } from '../../alerts/write.ts';

/** Every window of the shipped rules times this: five minutes are ten seconds, thirty seconds are one. */
export const SCALE = 1 / 30;
/** Production scrapes every 15 s. */
const SCRAPE = `${15_000 * SCALE}ms`;

/** Where Prometheus finds the others, as `host:port`. */
export interface Targets {
  readonly collector: string;
  readonly alertmanager: string;
  readonly prometheus: string;
}

/** Prometheus' configuration; it expects `rules.yml` beside it. */
export const prometheusConfig = (targets: Targets): string =>
  stringify({
    global: { scrape_interval: SCRAPE, scrape_timeout: SCRAPE },
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [targets.alertmanager] }] }] },
    scrape_configs: [
      { job_name: JOBS.collector, static_configs: [{ targets: [targets.collector] }] },
      { job_name: 'prometheus', static_configs: [{ targets: [targets.prometheus] }] },
    ],
  });

/** The shipped rules, every window scaled, their links pointing at what runs here. */
export const scaledRules = (links: { collector: string; alertmanager: string }): string =>
  rulesYaml(
    rulesFor({
      scale: SCALE,
      links: {
        evidence: links.collector,
        alertmanager: links.alertmanager,
        runbooks: 'alerts/runbooks',
      },
    }),
  );

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const scaled = (text: string): string => {
  let ms = 0;
  for (const [, n, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) ms += Number(n) * MS[unit!]!;
  return `${Math.max(1, Math.round(ms * SCALE))}ms`;
};

interface Route {
  group_wait?: string;
  group_interval?: string;
  repeat_interval?: string;
  routes?: Route[];
}
interface AlertmanagerFile {
  route: Route;
  receivers: { name: string; webhook_configs?: { url: string }[] }[];
}

/** The shipped Alertmanager configuration with its waits scaled and its webhooks turned to ours; routes and inhibitions as they are. */
export function alertmanagerConfig(shipped: string, receiverUrl: string): string {
  const config = parse(shipped) as AlertmanagerFile;
  const scale = (route: Route): void => {
    for (const key of ['group_wait', 'group_interval', 'repeat_interval'] as const)
      if (route[key] !== undefined) route[key] = scaled(route[key]);
    for (const child of route.routes ?? []) scale(child);
  };
  scale(config.route);
  for (const { webhook_configs = [] } of config.receivers)
    for (const webhook of webhook_configs) webhook.url = new URL(new URL(webhook.url).pathname, receiverUrl).href;
  return stringify(config);
}
