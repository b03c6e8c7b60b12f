import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { JOBS } from '../../alerts/rules/health.ts';
import { answers, type Child, startChild } from './child.ts';
import { freePort } from './free-port.ts';
import type { WebhookAlert, WebhookPayload } from './page-text.ts';

export interface Pages {
  readonly url: string;
  readonly payloads: WebhookPayload[];
  /** Newest first notification of an alert with this name and status. */
  find(alertname: string, status: WebhookAlert['status']): WebhookAlert | undefined;
  close(): Promise<void>;
}

/** A webhook that remembers every page. */
export async function pageReceiver(): Promise<Pages> {
  const payloads: WebhookPayload[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      payloads.push(JSON.parse(Buffer.concat(chunks).toString()) as WebhookPayload);
      res.writeHead(200).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    payloads,
    find: (name, status) =>
      payloads
        .toReversed()
        .flatMap((p) => p.alerts)
        .find((a) => a.labels['alertname'] === name && a.status === status),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Serves whatever text `render` gives as `/metrics`; 503 while it gives undefined. */
export async function metricsServer(
  render: () => string | undefined,
): Promise<{ target: string; close(): Promise<void> }> {
  const server = createServer((_req, res) => {
    const text = render();
    if (text === undefined) res.writeHead(503).end();
    else res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface PrometheusOptions {
  /** Debian's unless another is given. */
  readonly program?: string;
  /** Of `--enable-feature`. */
  readonly features?: string;
  /** More for `global` of its configuration. */
  readonly global?: Readonly<Record<string, unknown>>;
  readonly folder: string;
  readonly rules: string;
  readonly targets: readonly string[];
  /** host:port of each Alertmanager. */
  readonly alertmanagers: readonly string[];
  readonly scrape: string;
}

export interface Prometheus extends Child {
  readonly url: string;
  /** The values of an instant query. */
  query(expr: string): Promise<{ metric: Record<string, string>; value: number }[]>;
}

export async function startPrometheus(o: PrometheusOptions): Promise<Prometheus> {
  mkdirSync(o.folder, { recursive: true });
  const port = await freePort();
  const config = join(o.folder, 'prometheus.yml');
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: o.scrape, scrape_timeout: o.scrape, evaluation_interval: o.scrape, ...o.global },
      rule_files: [o.rules],
      alerting: { alertmanagers: [{ static_configs: [{ targets: o.alertmanagers }] }] },
      scrape_configs: [{ job_name: JOBS.collector, static_configs: [{ targets: o.targets }] }],
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild(
    o.program ?? 'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(o.folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--rules.alert.resend-delay=1s',
      ...(o.features ? [`--enable-feature=${o.features}`] : []),
    ],
    () => answers(`${url}/-/ready`),
  );
  return {
    ...child,
    url,
    async query(expr) {
      const response = await fetch(`${url}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query: expr }),
      });
      const answer = (await response.json()) as {
        error?: string;
        data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      if (answer.data === undefined) throw new Error(`${answer.error} in ${expr}`);
      return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
  };
}

/** A real Alertmanager; Debian names the program `prometheus-alertmanager`, upstream `alertmanager`. */
export async function startAlertmanager(
  folder: string,
  config: string,
  port?: number,
): Promise<Child & { address: string }> {
  const address = `127.0.0.1:${port ?? (await freePort())}`;
  const args = [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'alertmanager-data')}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ];
  const ready = () => answers(`http://${address}/-/ready`);
  const child = await startChild('prometheus-alertmanager', args, ready).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return startChild('alertmanager', args, ready);
  });
  return { ...child, address };
}
