import { alertsOf, rulesFor } from '../../../alerts/groups.ts';
import { yamlOf } from '../../../alerts/write.ts';
import type { Case } from './case.ts';
import { HEALTH } from './health.ts';
import {
  calls,
  counter,
  failures,
  gauge,
  hours,
  type Labels,
  metric,
  minutes,
  retries,
  STEP,
  scraped,
} from './series.ts';
import { SLOW } from './slow.ts';
import { SPIKE } from './spike.ts';
import { UNSTEADY } from './unsteady.ts';

export const CASES: Readonly<Record<string, readonly Case[]>> = { ...SPIKE, ...UNSTEADY, ...SLOW, ...HEALTH };

const LONG = hours(2);
const LEAD = minutes(40);
/** Histories in which nothing at all may fire but the watchdog. */
export const QUIET: readonly Case[] = [
  {
    name: 'no traffic',
    series: [calls(counter([0, LONG])), failures(counter([0, LONG]), 'auth', 'expired'), scraped(LONG)],
    expect: [],
  },
  {
    name: 'one failed scrape',
    series: [
      calls(counter([30, LEAD], ['gap', 1], [30, hours(1)])),
      failures(counter([0, LEAD], ['gap', 1], [0, hours(1)]), 'auth', 'expired'),
      metric(
        'up',
        { job: 'faultlayer-collector', instance: 'collector:9468' },
        gauge([1, LEAD], [0, 1], [1, hours(1)]),
      ),
    ],
    expect: [],
  },
  {
    name: 'restart of the process that counts',
    series: [
      calls(counter([30, LEAD], 'restart', [30, hours(1)])),
      failures(counter([0, minutes(20)], [1, 1], [0, minutes(20) - 1], 'restart', [0, hours(1)]), 'auth', 'expired'),
      retries(counter([1, 20], [0, LEAD], 'restart', [0, hours(1)]), 'safe'),
      scraped(LONG),
    ],
    expect: [],
  },
  {
    name: 'one failure of two calls',
    series: [
      calls(counter([0, LEAD], [1, 1], [0, hours(1)])),
      failures(counter([0, LEAD], [1, 1], [0, hours(1)]), 'auth', 'expired'),
      scraped(LONG),
    ],
    expect: [],
  },
  {
    name: 'a counter that was absent appears, far above zero',
    series: [
      calls(counter([30, LONG])),
      failures(counter(['gap', LEAD], [500, 1], [0, hours(1)]), 'auth', 'expired'),
      scraped(LONG),
    ],
    expect: [],
  },
  {
    name: 'a service that starts with a burst of failures',
    series: [
      calls(counter(['gap', LEAD], [0, 1], [30, hours(1)]), 'newborn', 'fresh'),
      failures(counter(['gap', LEAD], [0, 1], [10, minutes(4)], [0, hours(1)]), 'tcp', '', 'newborn', 'fresh'),
      scraped(LONG),
    ],
    expect: [],
  },
];

const TOLD =
  'by (service_name, api_provider_name, api_failure_layer, api_provider_code, api_failure_owner, server_address, job, instance, owner, severity)';

const firing = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
    .join(', ')}}`;

/** Histories longer than a day, of alerts that wait half an hour: evaluated every four minutes, or promtool takes one. */
const DAYLONG = new Set([
  'ApiHostDown',
  'ApiCallsMissing',
  'ApiNewErrorCode',
  'ApiFailureBudgetBurn',
  'ApiLatencyHigh',
]);

/**
 * promtool evaluates the groups of a file in a random order unless it is told one. At four minutes an evaluation,
 * an alert that is evaluated before what it reads is four minutes late.
 */
const IN_ORDER = rulesFor().map((group) => group.name);

/** One promtool test file for an alert. Its cases name only the labels that matter, so the query asks for just those. */
function testFile(alert: string, cases: readonly Case[]): unknown {
  return {
    rule_files: ['../rules.yml'],
    group_eval_order: IN_ORDER,
    evaluation_interval: `${DAYLONG.has(alert) ? 240 : STEP}s`,
    tests: cases.map(({ name, series, expect }) => ({
      name,
      interval: `${STEP}s`,
      input_series: series.map(([s, values]) => ({ series: s, values })),
      promql_expr_test: expect.map(({ minute, firing: sets }) => ({
        expr: `count ${sets.length === 0 ? TOLD : `by (${Object.keys(sets[0]!).join(', ')})`} (ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: `${minute * 60}s`,
        exp_samples: sets.map((labels) => ({ labels: firing(labels), value: 1 })),
      })),
    })),
  };
}

const quiet = {
  rule_files: ['../rules.yml'],
  group_eval_order: IN_ORDER,
  evaluation_interval: `${STEP}s`,
  tests: QUIET.map(({ name, series }) => ({
    name,
    interval: `${STEP}s`,
    input_series: series.map(([s, values]) => ({ series: s, values })),
    promql_expr_test: [39, 40.5, 41, 42, 43, 45, 48, 55, 70].map((minute) => ({
      expr: `count by (alertname) (ALERTS{alertname!="FaultlayerWatchdog",alertstate="firing"})`,
      eval_time: `${minute * 60}s`,
    })),
  })),
};

/** The test files for promtool: name → text. Throws when an alert has no case, or not both of firing and not firing. */
export function testFiles(): Map<string, string> {
  const files = new Map([['quiet.yml', yamlOf(quiet, 'Nothing may fire here.')]]);
  for (const { alert } of alertsOf(rulesFor())) {
    const cases = CASES[alert];
    if (cases === undefined) throw new Error(`test/alerts/cases has no cases for ${alert}`);
    files.set(`${alert}.yml`, yamlOf(testFile(alert, cases), 'From test/alerts/cases.'));
  }
  return files;
}
