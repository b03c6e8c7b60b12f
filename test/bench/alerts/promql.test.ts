import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alertsOf, rulesFor } from '../../../alerts/groups.ts';
import type { RecordingRule } from '../../../alerts/recorded.ts';
import { rulesYaml, yamlOf } from '../../../alerts/write.ts';
import { Database } from '../../../bench/alerts/promql/evaluate.ts';
import { parse } from '../../../bench/alerts/promql/parse.ts';
import { type Grid, keyOf, MISSING } from '../../../bench/alerts/promql/series.ts';

const HOURS = 8;
const SCRAPE = 30;
const STEP = 60;
const grid: Grid = { start: 0, step: STEP, n: (HOURS * 3600) / STEP };
const labels = (more: Record<string, string>) => ({ service_name: 's', api_provider_name: 'p', ...more });

/** Counters that grow unevenly, restart, and are missing for a while; one code fails for half an hour at the end. */
const SERIES = [
  { labels: labels({}), grows: (i: number) => 20 + (i % 7) },
  {
    labels: labels({ api_failure_layer: 'payload', api_provider_code: 'usual' }),
    grows: (i: number) => Number(i % 3 === 0),
  },
  {
    labels: labels({ api_failure_layer: 'auth', api_provider_code: 'expired' }),
    grows: (i: number) => (i > 880 && i < 940 ? 9 : Number(i % 50 === 0)),
  },
  {
    labels: labels({
      api_failure_layer: 'throttling',
      api_failure_reason: 'http.overloaded',
      api_provider_code: 'overloaded',
    }),
    grows: (i: number) => Number(i % 40 === 0),
  },
];
const gap = (i: number) => i >= 700 && i < 712;
const restart = 500;

const samples = SERIES.map(({ labels: of, grows }) => {
  let value = 0;
  const values: (number | undefined)[] = [];
  for (let i = 0; i < (HOURS * 3600) / SCRAPE; i++) {
    if (i === restart) value = 0;
    value += grows(i);
    values.push(gap(i) ? undefined : value);
  }
  return { labels: of, values };
});

const database = new Database();
database.scraped.set(
  'api_client_calls_total',
  samples.map(({ labels: of, values }) => {
    const at = values.flatMap((v, i) => (v === undefined ? [] : [i]));
    return {
      labels: of,
      times: Float64Array.from(at, (i) => i * SCRAPE),
      values: Float64Array.from(at, (i) => values[i]!),
    };
  }),
);
const selector = (of: Readonly<Record<string, string>>) =>
  `{${Object.entries(of)
    .map(([k, v]) => `${k}="${v}"`)
    .join(',')}}`;

describe('the evaluator of the evaluation', () => {
  it('reads every expression of the shipped rules but those of the pipeline', () => {
    for (const { alert, expr } of alertsOf(rulesFor()))
      if (alert.startsWith('Api')) expect(() => parse(expr), alert).not.toThrow();
    expect(() => parse('sum(x) by')).toThrow();
    expect(() => new Database().query('holt_winters(x[5m], 1, 1)', grid)).toThrow('no function');
  });

  it('gives what promtool gives for the shipped recording rules and alerts, at moments of every kind', () => {
    const records = rulesFor().flatMap((g) => g.rules.flatMap((r) => ('record' in r ? [r] : [])));
    // One group in the order of what reads what, so that both look at the same values.
    const waiting = [...records];
    const ordered: RecordingRule[] = [];
    while (waiting.length > 0) {
      const names = new Set(waiting.map((r) => r.record));
      const ready = (r: RecordingRule, i: number) =>
        !waiting.slice(0, i).some((w) => w.record === r.record) &&
        [...(r.expr.match(/[\w:]+/g) ?? [])].every((w) => w === r.record || !names.has(w));
      const [rule] = waiting.splice(waiting.findIndex(ready), 1) as [RecordingRule];
      ordered.push(rule);
      database.record(rule.record, grid, rule.expr, rule.labels);
    }
    const alone = () => {
      const fresh = new Database();
      fresh.scraped.set('api_client_calls_total', database.scraped.get('api_client_calls_total')!);
      for (const rule of records) fresh.record(rule.record, grid, rule.expr, rule.labels);
      return fresh;
    };
    const names = [...new Set(records.map((r) => r.record))].filter((name) => !/p95|count10m|burn|duration/.test(name));
    const moments = [20, 65, 251, 258, 351, 358, 380, 441, 443, 445, 455, 473].map((i) => i * STEP);
    const asked = names.flatMap((name) =>
      moments.map((t, i) => {
        // Half of the moments from the whole series, half alone: what is not asked for is not computed.
        const found = i % 2 ? database.query(name, grid) : alone().query(name, { start: t, step: STEP, n: 1 });
        const at = i % 2 ? t / STEP : 0;
        const rows = found.filter((c) => c.values[at] !== MISSING);
        return {
          expr: `round(${name}, 0.000001)`,
          eval_time: `${t}s`,
          exp_samples: rows.map((c) => ({ labels: selector(c.labels), value: Number(c.values[at]!.toFixed(6)) })),
        };
      }),
    );
    const folder = mkdtempSync(join(tmpdir(), 'faultlayer-promql-'));
    try {
      writeFileSync(join(folder, 'rules.yml'), rulesYaml([{ name: 'all', interval: `${STEP}s`, rules: ordered }]));
      const input = samples.map(({ labels: of, values }) => ({
        series: `api_client_calls_total${selector(of)}`,
        values: values.map((v) => v ?? '_').join(' '),
      }));
      const test = {
        rule_files: ['rules.yml'],
        evaluation_interval: `${STEP}s`,
        tests: [{ interval: `${SCRAPE}s`, input_series: input, promql_expr_test: asked }],
      };
      writeFileSync(join(folder, 'test.yml'), yamlOf(test, 'The same moments.'));
      let said = '';
      try {
        said = execFileSync('promtool', ['test', 'rules', 'test.yml'], {
          cwd: folder,
          encoding: 'utf8',
          stdio: 'pipe',
        });
      } catch (error) {
        said = String((error as { stdout: string }).stdout) + String((error as { stderr: string }).stderr);
      }
      expect(said.slice(0, 6000)).toContain('SUCCESS');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(names.length).toBeGreaterThan(15);
    expect(
      new Set(database.query('service_provider_code:api_client_failure_ratio:spike', grid).map((c) => keyOf(c.labels)))
        .size,
    ).toBeGreaterThan(0);
  }, 120_000);
});
