import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Group } from '../../alerts/groups.ts';
import { teamLabel, teamRows } from '../../alerts/teams.ts';
import { rulesYaml } from '../../alerts/write.ts';
import { neededBy } from './cases/needed.ts';
import { calls, counter, failures, gauge, hours, metric, minutes, type Series } from './cases/series.ts';

const root = join(import.meta.dirname, '../..');
const LEAD = minutes(40);
const MINUTE = 46;

/** A healthy lead, then a third of the calls fail. */
const third = (service: string, provider: string): Series[] => [
  calls(counter([30, hours(1)]), service, provider),
  failures(counter([0, LEAD], [15, minutes(20)]), 'auth', 'expired', service, provider),
];
const limit = (service: string): Series =>
  metric(
    'api_client_rate_limit_remaining_ratio',
    { service_name: service, api_provider_name: 'stripe' },
    gauge([0.05, hours(1)]),
  );
const HISTORY = [
  ...third('checkout', 'stripe'),
  ...third('billing', 'stripe'),
  ...third('billing', 'twilio'),
  ...third('refunds', 'twilio'),
  limit('checkout'),
  limit('billing'),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-overrides-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Who is alerted about, with the rules that `faultlayer rules` writes for these arguments. */
function firing(alert: string, expected: readonly (readonly [string, string])[], overrides?: unknown): void {
  const args = ['cli/main.ts', 'rules', '--out', folder];
  if (overrides !== undefined) {
    const file = join(folder, 'overrides.yml');
    writeFileSync(file, stringify(overrides));
    args.push('--overrides', file);
  }
  execFileSync(process.execPath, args, { cwd: root, stdio: 'pipe' });
  const written = join(folder, 'rules.yml');
  const { groups } = parse(readFileSync(written, 'utf8')) as { groups: Group[] };
  writeFileSync(written, rulesYaml(neededBy(groups, alert)));
  const test = {
    rule_files: ['rules.yml'],
    evaluation_interval: '30s',
    tests: [
      {
        interval: '30s',
        input_series: HISTORY.map(([series, values]) => ({ series, values })),
        promql_expr_test: [
          {
            expr: `count by (service_name, api_provider_name) (ALERTS{alertname="${alert}",alertstate="firing"})`,
            eval_time: `${MINUTE}m`,
            exp_samples: expected.map(([service, provider]) => ({
              labels: `{service_name="${service}", api_provider_name="${provider}"}`,
              value: 1,
            })),
          },
        ],
      },
    ],
  };
  const path = join(folder, 'test.yml');
  writeFileSync(path, stringify(test));
  expect(execFileSync('promtool', ['test', 'rules', path], { encoding: 'utf8' })).toContain('SUCCESS');
}

describe('an override', () => {
  const ALL = [
    ['checkout', 'stripe'],
    ['billing', 'stripe'],
    ['billing', 'twilio'],
    ['refunds', 'twilio'],
  ] as const;

  it('is needed for any difference: without one all four are paged', () => firing('ApiErrorSpike', ALL), 60_000);

  it(
    'changes the ratio for one provider, and the narrower one wins',
    () =>
      firing(
        'ApiErrorSpike',
        [ALL[0], ALL[2], ALL[3]],
        [
          { provider: 'stripe', set: { spikeRatio: 0.6 } },
          { provider: 'stripe', service: 'checkout', set: { spikeRatio: 0.1 } },
        ],
      ),
    60_000,
  );

  it(
    'changes the least number of failures for one service',
    () => firing('ApiErrorSpike', [ALL[0], ALL[1], ALL[2]], [{ service: 'refunds', set: { spikeErrors: 1000 } }]),
    60_000,
  );

  it(
    'changes the share of the rate limit at which a ticket is opened',
    () => firing('ApiRateLimitLow', [ALL[1]], [{ service: 'checkout', set: { rateLimitRemaining: 0.02 } }]),
    60_000,
  );
});

describe('an owners file', () => {
  it('writes a team into alerts that fit, the first row first, and routes for it', () => {
    const owners = join(folder, 'owners.yml');
    const rows = [
      { team: 'payments', provider: 'stripe', service: 'billing', webhook: 'http://127.0.0.1:9/payments' },
      { team: 'core', provider: 'stripe' },
    ];
    writeFileSync(owners, stringify(rows));
    const args = ['cli/main.ts', 'rules', '--out', folder, '--owners', owners, '--webhook', 'http://127.0.0.1:9/all'];
    execFileSync(process.execPath, args, { cwd: root, stdio: 'pipe' });
    const { groups } = parse(readFileSync(join(folder, 'rules.yml'), 'utf8')) as { groups: Group[] };
    writeFileSync(join(folder, 'rules.yml'), rulesYaml(neededBy(groups, 'ApiRateLimitLow')));
    const test = {
      rule_files: ['rules.yml'],
      evaluation_interval: '30s',
      tests: [
        {
          interval: '30s',
          input_series: HISTORY.map(([series, values]) => ({ series, values })),
          promql_expr_test: [
            {
              expr: 'count by (service_name, team) (ALERTS{alertname="ApiRateLimitLow",alertstate="firing"})',
              eval_time: `${MINUTE}m`,
              exp_samples: [
                { labels: '{service_name="checkout", team="core"}', value: 1 },
                { labels: '{service_name="billing", team="payments"}', value: 1 },
              ],
            },
          ],
        },
      ],
    };
    writeFileSync(join(folder, 'owners-test.yml'), stringify(test));
    expect(
      execFileSync('promtool', ['test', 'rules', join(folder, 'owners-test.yml')], { encoding: 'utf8' }),
    ).toContain('SUCCESS');
    const config = `--config.file=${join(folder, 'alertmanager.yml')}`;
    const route = (...matchers: string[]) =>
      execFileSync('amtool', ['config', 'routes', 'test', config, ...matchers], { encoding: 'utf8' }).trim();
    expect(route('team=payments', 'owner=caller', 'severity=page')).toBe('team-payments-page');
    expect(route('team=core', 'owner=caller', 'severity=ticket')).toBe('team-core-ticket');
    expect(route('owner=caller', 'severity=page')).toBe('caller-page');
    expect(readFileSync(join(folder, 'alertmanager.yml'), 'utf8')).toContain('http://127.0.0.1:9/payments');
  }, 60_000);

  it('is refused with a sentence where a row cannot be used', () => {
    expect(() => teamRows({})).toThrow('must hold a list');
    expect(() => teamRows([{ team: 'a b', service: 'x' }])).toThrow('team must be a word');
    expect(() => teamRows([{ team: 'a' }])).toThrow('names no service');
    expect(() => teamRows([{ team: 'a', servce: 'x' }])).toThrow("'servce'");
    expect(teamLabel([{ team: 'a', service: '"}} {{ query "up" }}' }])).toContain(
      JSON.stringify('"}} {{ query "up" }}'),
    );
  });
});
