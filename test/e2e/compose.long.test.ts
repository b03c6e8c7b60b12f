import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Page } from '../../examples/pipeline/receiver.ts';
import { type Engine, startEngine, whyNoEngine } from '../support/containers/engine.ts';
import { daemon, nodeBase, script } from '../support/containers/stand-ins.ts';
import { freePorts } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';

/** docker-compose.yml in real containers: our Dockerfile is built, the stack comes up healthy, a page arrives. */
const root = join(import.meta.dirname, '../..');
const support = join(root, 'test/support/containers');
const BASE = 'faultlayer/test-base:1';
const STATE = '{{.Name}} {{.State.Status}} {{with .State.Health}}{{.Status}}{{end}}';
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, { image: string }>;
};
const image = (service: string): string => compose.services[service]!.image;

const reason = whyNoEngine();
if (reason !== undefined) {
  describe('docker compose up', () => {
    it(`cannot run here: ${reason}`, () => {
      process.stderr.write(`compose: ${reason}\n`);
      expect(reason).toBeTruthy();
    });
  });
} else {
  describe('docker compose up', () => {
    let engine: Engine;
    const ports: Record<string, number> = {};
    const names = ['CONTROL', 'OTLP', 'COLLECTOR', 'RECEIVER', 'PROMETHEUS', 'ALERTMANAGER', 'TEMPO', 'GRAFANA'];
    const get = async (name: string, path: string): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${ports[name]}${path}`, { signal: AbortSignal.timeout(5_000) })).json();
    const docker = (...args: string[]) =>
      engine.run('docker-compose', ['-p', 'faultlayer', '--no-ansi', ...args], {
        cwd: root,
        env: Object.fromEntries(names.map((name) => [`PIPELINE_${name}_PORT`, String(ports[name])])),
      });

    /** Each container as Docker sees it: name, state, and health where it says how to tell. */
    const states = (): string[] =>
      engine
        .run('docker', ['inspect', '-f', STATE, ...docker('ps', '-q').trim().split('\n')])
        .trim()
        .split('\n')
        .map((state) => state.trim());

    beforeAll(async () => {
      engine = await startEngine();
      nodeBase(engine, BASE);
      for (const [target, service] of [
        ['example', 'provider'],
        ['collector', 'collector'],
      ] as const)
        engine.run('docker', [
          ...['build', '-q', '--network', 'host', '-f', join(root, 'deploy/Dockerfile'), '--target', target],
          ...['--build-arg', `NODE_IMAGE=${BASE}`, '-t', image(service), root],
        ]);
      daemon(engine, image('prometheus'), 'prometheus', 'prometheus');
      daemon(engine, image('alertmanager'), 'alertmanager', 'prometheus-alertmanager');
      script(engine, image('grafana'), BASE, join(support, 'grafana.mjs'));
      script(engine, image('tempo'), BASE, join(support, 'tempo.mjs'));
      const free = await freePorts(names.length);
      for (const [index, name] of names.entries()) ports[name] = free[index]!;
      try {
        docker('up', '-d', '--no-build');
        // A published port is open before its container listens; whoever connects then is cut off.
        const started = () => !states().some((state) => state.endsWith(' starting'));
        await waitFor(started, 'every container to say whether it is healthy', 120_000);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${docker('ps')}\n${docker('logs', '--tail', '15')}`);
      }
    }, 1_500_000);

    afterAll(async () => {
      try {
        docker('down', '-v', '--timeout', '5');
      } finally {
        await engine.stop();
      }
    }, 120_000);

    it('brings a page to the receiver, with a request ID that the provider sent', async () => {
      const end = Date.now() + 180_000;
      let page: Page | undefined;
      while (page === undefined && Date.now() < end) {
        await sleep(500);
        const pages = (await get('RECEIVER', '/pages')) as Page[];
        page = pages.find(
          ({ alert }) => alert.labels['api_provider_name'] === 'openai' && alert.annotations['request_ids'],
        );
      }
      expect(page, docker('logs', '--tail', '20')).toBeDefined();
      expect(page!.alert.labels).toMatchObject({ api_failure_layer: 'auth', api_provider_code: 'invalid_api_key' });
      const [id] = page!.alert.annotations['request_ids']!.split(' ');
      expect(await get('CONTROL', `/requests/${id}`)).toMatchObject({ id, api: 'openai', status: 401 });
    });

    it('gives Grafana its data sources and dashboards', async () => {
      expect(await get('GRAFANA', '/api/datasources')).toEqual(
        expect.arrayContaining([expect.objectContaining({ type: 'prometheus', url: 'http://prometheus:9090' })]),
      );
      const dashboards = (await get('GRAFANA', '/api/search')) as { uid: string }[];
      expect(dashboards.map((d) => d.uid)).toContain('faultlayer-overview');
      expect(await get('GRAFANA', '/home')).toEqual({ uid: 'faultlayer-overview' });
    });

    it('sends the spans on to Tempo', async () => {
      expect(((await get('TEMPO', '/')) as { requests: number }).requests).toBeGreaterThan(10);
    });

    it('has every container running, and healthy where it says how to tell', () => {
      const now = states();
      expect(now.length).toBe(Object.keys(compose.services).length);
      for (const state of now) expect(state).toMatch(/ running(?: healthy)?$/);
    });
  });
}
