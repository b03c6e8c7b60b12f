import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Group, rulesFor } from '../../alerts/groups.ts';
import { writeAlertmanager, writeRules } from '../../alerts/write.ts';
import { METRICS, SELF_METRICS } from '../../src/contract/index.ts';

const root = join(import.meta.dirname, '../..');
const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { encoding: 'utf8', stdio: 'pipe' });
const OVERRIDES = [
  { provider: 'stripe', set: { spikeRatio: 0.3, spikeErrors: 50, burnRatio: 0.1, latencySeconds: 3 } },
  { provider: 'stripe', service: 'checkout', set: { spikeRatio: 0.4, rateLimitRemaining: 0.02 } },
  { service: 'hostile"} or vector(1) #\n', set: { spikeRatio: 0.5 } },
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('rule files', () => {
  it.each([
    ['as shipped', {}],
    ['scaled to a demonstration', { scale: 1 / 60 }],
    ['with overrides', { overrides: OVERRIDES }],
  ])('pass promtool check rules %s', (name, options) => {
    const path = writeRules(join(folder, name), options);
    expect(run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', path)).toMatch(/SUCCESS: \d{2} rules found/);
  });

  it('keep every name when the windows shrink', () => {
    const names = (groups: Group[]) => groups.flatMap((g) => g.rules.map((r) => ('alert' in r ? r.alert : r.record)));
    expect(names(rulesFor({ scale: 1 / 60 }))).toEqual(names(rulesFor()));
  });

  it('scale every window by one factor', () => {
    const text = JSON.stringify(rulesFor({ scale: 1 / 60 }));
    expect(text).toContain('[5s]');
    expect(text).toContain('"for":"2s"');
    expect(text).not.toMatch(/\[5m\]|\[1h\]|\[1d:10m\]/);
  });

  it('read only metrics of the contract and series recorded by the same file', () => {
    const rules = rulesFor().flatMap((g) => g.rules);
    const known = new Set<string>([
      ...rules.flatMap((r) => ('record' in r ? [r.record] : [])),
      ...Object.values(METRICS).flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
      ...Object.values(SELF_METRICS).map(({ name }) => name),
    ]);
    const texts = rules.flatMap((r) => ('alert' in r ? [r.expr, ...Object.values(r.annotations)] : [r.expr]));
    const used = new Set(
      texts.flatMap((t) => t.match(/(?<![\w:/])(?:service_provider\w*:[\w:]+|(?:api_client|faultlayer)_\w+)/g) ?? []),
    );
    expect(used.size).toBeGreaterThan(25);
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });

  it('are the same groups in the PrometheusRule resource', () => {
    const read = (name: string) => parse(readFileSync(join(root, 'alerts/generated', name), 'utf8'));
    expect(read('prometheusrule.yaml').spec.groups).toEqual(read('rules.yml').groups);
  });

  it.each([
    [{ scale: 0 }, /scale/],
    [{ thresholds: { spikeFlor: 1 } as never }, /no threshold 'spikeFlor'/],
    [{ overrides: [{ set: { spikeRatio: 0.1 } }] }, /names no provider/],
    [{ overrides: [{ provider: 'x', set: {} }] }, /sets nothing/],
    [{ overrides: [{ provider: 'x', set: { spikeRatio: 2 } }] }, /from 0 to 1/],
    [{ overrides: [{ provider: 'x', set: { z: 2 } as never }] }, /'z' cannot be overridden/],
  ])('refuse %j', (options, message) => {
    expect(() => rulesFor(options)).toThrow(message);
  });
});

describe('alertmanager.yml', () => {
  it('passes amtool check-config, with its templates', () => {
    const path = writeAlertmanager(folder, {
      scale: 1 / 60,
      channels: { page: [{ kind: 'webhook', url: 'http://127.0.0.1:1/' }], ticket: [] },
    });
    expect(run('amtool', 'check-config', path)).toMatch(/1 templates\s+SUCCESS/);
    for (const name of ['alertmanager.yml', 'generated/alertmanager.example.yml'])
      expect(run('amtool', 'check-config', join(root, 'alerts', name))).toContain('SUCCESS');
  });

  const ROUTES: [string, Record<string, string>][] = [
    ['caller-page', { alertname: 'ApiErrorSpike', owner: 'caller', severity: 'page' }],
    ['provider-page', { alertname: 'ApiProviderDown', owner: 'provider', severity: 'page' }],
    ['load-page', { alertname: 'ApiThrottlingSurge', owner: 'load', severity: 'page' }],
    ['network-page', { alertname: 'ApiErrorSpike', owner: 'network', severity: 'page' }],
    ['network-ticket', { alertname: 'ApiNewErrorCode', owner: 'network', severity: 'ticket' }],
    ['pipeline-page', { alertname: 'FaultlayerCollectorDown', owner: 'pipeline', severity: 'page' }],
    ['nowhere', { alertname: 'FaultlayerWatchdog', owner: 'pipeline', severity: 'none' }],
    ['nowhere', { alertname: 'SomebodyElses', severity: 'page' }],
  ];
  it.each(ROUTES)('routes to %s: %j', (receiver, labels) => {
    const config = join(root, 'alerts/alertmanager.yml');
    const matchers = Object.entries(labels).map(([k, v]) => `${k}=${v}`);
    const args = ['config', 'routes', 'test', `--config.file=${config}`, `--verify.receivers=${receiver}`, ...matchers];
    expect(run('amtool', ...args).trim()).toBe(receiver);
  });

  it('keeps secrets out: only file names', () => {
    const text = readFileSync(join(root, 'alerts/generated/alertmanager.example.yml'), 'utf8');
    expect(text).not.toMatch(/^\s*-?\s*(api_url|routing_key|service_key|auth_password|credentials|password):/m);
    for (const key of ['api_url_file', 'routing_key_file', 'auth_password_file', 'credentials_file'])
      expect(text).toContain(key);
  });
});
