import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAlertmanager, writeRules } from '../../alerts/write.ts';
import { freePort } from '../support/free-port.ts';
import { metricsServer, type Pages, pageReceiver, startAlertmanager, startPrometheus } from '../support/monitoring.ts';
import { waitFor } from '../support/wait-for.ts';
import { Api } from './api.ts';

// Ten minutes of the shipped rules are ten seconds here.
const SCALE = 1 / 60;
const DEADLINE = 120_000;

let folder: string;
let pages: Pages;
let api: Api;
let up: boolean;
let target: string;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-outage-'));
  pages = await pageReceiver();
  api = new Api();
  up = true;
  const metrics = await metricsServer(() => (up ? api.metrics() : undefined));
  target = metrics.target;
  stops = [metrics.close, pages.close];
  api.healthy('checkout', 'stripe');
});
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

const config = () => {
  const channel = [{ kind: 'webhook', url: pages.url }] as const;
  return writeAlertmanager(folder, { scale: SCALE, channels: { page: channel, ticket: channel } });
};
const prometheus = async (...alertmanagers: string[]) => {
  const started = await startPrometheus({
    folder,
    rules: writeRules(folder, { scale: SCALE }),
    targets: [target],
    alertmanagers,
    scrape: '250ms',
  });
  stops.push(started.stop);
  return started;
};
const KEY = { service: 'checkout', provider: 'stripe', layer: 'auth', code: 'api_key_expired' } as const;

describe('collector down', () => {
  it('pages the pipeline’s owner, about no provider, and resolves', async () => {
    const alertmanager = await startAlertmanager(folder, config());
    stops.push(alertmanager.stop);
    await prometheus(alertmanager.address);
    await waitFor(() => api.scrapes > 8, 'some scrapes');
    expect(pages.find('FaultlayerCollectorDown', 'firing')).toBeUndefined();
    up = false;
    await waitFor(() => pages.find('FaultlayerCollectorDown', 'firing') !== undefined, 'the page', DEADLINE);
    expect(pages.find('FaultlayerCollectorDown', 'firing')!.labels).toMatchObject({
      owner: 'pipeline',
      severity: 'page',
    });
    expect(pages.payloads.flatMap((p) => p.alerts).filter((a) => a.labels['alertname']!.startsWith('Api'))).toEqual([]);
    up = true;
    await waitFor(() => pages.find('FaultlayerCollectorDown', 'resolved') !== undefined, 'the end', DEADLINE);
  }, 300_000);
});

describe('Alertmanager down', () => {
  it('pages once it is back, for an incident that began meanwhile', async () => {
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const p = await prometheus(address);
    await waitFor(() => api.scrapes > 8, 'some scrapes');
    api.failing([KEY]);
    const firing = async () => (await p.query('ALERTS{alertname="ApiErrorSpike",alertstate="firing"}')).length > 0;
    const until = performance.now() + DEADLINE;
    while (!(await firing())) {
      expect(performance.now(), 'the rule fires').toBeLessThan(until);
      await new Promise((r) => setTimeout(r, 100));
    }
    // Ten scaled minutes in which nobody listens.
    const waited = performance.now() + 600_000 * SCALE;
    await waitFor(() => performance.now() > waited, 'ten scaled minutes', 60_000);
    expect(pages.payloads).toEqual([]);
    const alertmanager = await startAlertmanager(folder, config(), port);
    stops.push(alertmanager.stop);
    await waitFor(() => pages.find('ApiErrorSpike', 'firing') !== undefined, 'the page', DEADLINE);
  }, 300_000);

  it('loses no page when one of two is gone', async () => {
    const alertmanager = await startAlertmanager(folder, config());
    stops.push(alertmanager.stop);
    await prometheus(`127.0.0.1:${await freePort()}`, alertmanager.address);
    await waitFor(() => api.scrapes > 8, 'some scrapes');
    api.failing([KEY]);
    await waitFor(() => pages.find('ApiErrorSpike', 'firing') !== undefined, 'the page', DEADLINE);
  }, 300_000);
});
