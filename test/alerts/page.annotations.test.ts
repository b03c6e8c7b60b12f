import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, it } from 'vitest';
import { type Group, rulesFor } from '../../alerts/groups.ts';
import { rulesYaml, yamlOf } from '../../alerts/write.ts';
import { METRICS } from '../../src/contract/index.ts';
import { neededBy } from './cases/needed.ts';
import { calls, counter, failures, gauge, hours, metric, minutes, type Series, STEP } from './cases/series.ts';

/** Minutes that make a history; the calls begin to fail after them, at half past six. */
const PAST = 6.5 * 60;
/** Minutes after which a first version is no deploy any more, and that make no history. */
const LEAD = 150;
/** Half of the calls fail for this long before the page is read. */
const FAILING = minutes(10);
const groups = rulesFor();

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'faultlayer-annotations-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The rules of one alert with only these annotations, since promtool compares all there are. */
const only = (alert: string, names: readonly string[]): Group[] =>
  neededBy(groups, alert).map((group) => ({
    ...group,
    rules: group.rules.map((rule) =>
      'record' in rule
        ? rule
        : { ...rule, annotations: Object.fromEntries(names.map((name) => [name, rule.annotations[name]!])) },
    ),
  }));

interface Page {
  readonly alert: string;
  readonly series: readonly Series[];
  /** Minutes after the beginning at which the page is read. */
  readonly at: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly says: Readonly<Record<string, string>>;
}

/** Throws with promtool's comparison where Prometheus fills in something else. */
async function reads({ alert, series, at, labels, says }: Page): Promise<void> {
  const folder = mkdtempSync(join(scratch, 'case-'));
  writeFileSync(join(folder, 'rules.yml'), rulesYaml(only(alert, Object.keys(says))));
  const test = {
    rule_files: ['rules.yml'],
    group_eval_order: groups.map((g) => g.name),
    evaluation_interval: `${STEP}s`,
    tests: [
      {
        interval: `${STEP}s`,
        input_series: series.map(([s, values]) => ({ series: s, values })),
        alert_rule_test: [
          { eval_time: `${at * 60}s`, alertname: alert, exp_alerts: [{ exp_labels: labels, exp_annotations: says }] },
        ],
      },
    ],
  };
  writeFileSync(join(folder, 'test.yml'), yamlOf(test, 'What the page says.'));
  await promisify(execFile)('promtool', ['test', 'rules', 'test.yml'], { cwd: folder });
}

const SPIKE = {
  service_name: 'checkout',
  api_provider_name: 'stripe',
  api_failure_owner: 'caller',
  api_failure_layer: 'auth',
  api_provider_code: 'expired',
  owner: 'caller',
  severity: 'page',
};
/** A hundred calls each half minute for so long; one in a hundred fails, then half. */
const failing = (past: number): Series[] => [
  calls(counter([99, minutes(past)], [50, FAILING])),
  failures(counter([1, minutes(past)], [50, FAILING]), 'auth', 'expired'),
];
const version = (name: string, ...firstSeen: readonly (readonly [value: number, steps: number])[]): Series =>
  metric(METRICS.versionFirstSeen.name, { service_name: 'checkout', service_version: name }, gauge(...firstSeen));

it(
  'says since when the calls fail, not since when the alert does, and what is usual',
  () =>
    reads({
      alert: 'ApiErrorSpike',
      series: failing(PAST),
      at: PAST + 8,
      labels: SPIKE,
      says: {
        summary: 'checkout → stripe: expired at the auth layer',
        description: '50 % of calls fail with expired at the auth layer: 500 of 1000 in 5m, usual is 1.0 %.',
        since: '06:30 UTC, 8 min before this page',
      },
    }),
  300_000,
);

it(
  'says that there is no history where there is none',
  () =>
    reads({
      alert: 'ApiErrorSpike',
      series: [
        calls(counter([100, minutes(LEAD)], [50, FAILING])),
        failures(counter([0, minutes(LEAD)], [50, FAILING]), 'auth', 'expired'),
      ],
      at: LEAD + 8,
      labels: SPIKE,
      says: {
        description: '50 % of calls fail with expired at the auth layer: 500 of 1000 in 5m, usual is no history.',
        since: '02:30 UTC, 8 min before this page',
      },
    }),
  300_000,
);

it.each([
  [
    'the version that was first seen before',
    [version('1.4.0', [60, hours(7)]), version('1.5.0', [LEAD * 60 - 21, hours(7)])],
    'version 1.5.0, first seen 21s before the calls began to fail',
  ],
  [
    'none where the only version was seen again by a collector that restarted',
    [version('1.4.0', [60, minutes(LEAD) - 4], [LEAD * 60 - 90, hours(1)])],
    '',
  ],
  [
    'none where a collector that restarted saw both versions again',
    ['1.4.0', '1.5.0'].map((name, i) => version(name, [60 + i, minutes(LEAD) - 4], [LEAD * 60 - 90 + i, hours(1)])),
    '',
  ],
] as const)(
  'names as the deploy %s',
  (_, versions, deploy) =>
    reads({
      alert: 'ApiErrorSpike',
      series: [...failing(LEAD), ...versions],
      at: LEAD + 8,
      labels: SPIKE,
      says: { deploy },
    }),
  300_000,
);

it(
  'names services, reasons and the status page where a provider fails for several',
  () =>
    reads({
      alert: 'ApiProviderDown',
      series: ['billing', 'checkout', 'refunds'].flatMap((service, i) => [
        calls(counter([100, minutes(LEAD)], [20 * i, FAILING]), service),
        failures(counter([0, minutes(LEAD)], [100 - 20 * i, FAILING]), 'service', 'unavailable', service),
      ]),
      at: LEAD + 8,
      labels: { api_provider_name: 'stripe', owner: 'provider', severity: 'page' },
      says: {
        summary: 'stripe fails for 3 services at once: service',
        description: '80 % of all calls to stripe fail: 2400 of 3000 in 5m. Services: billing, checkout, refunds.',
        status_page: 'https://status.stripe.com',
      },
    }),
  300_000,
);
