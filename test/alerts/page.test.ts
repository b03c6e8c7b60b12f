import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeAlertmanager, writeRules } from '../../alerts/write.ts';
import { metricsServer, type Pages, pageReceiver, startAlertmanager, startPrometheus } from '../support/monitoring.ts';
import { pageText, type WebhookAlert } from '../support/page-text.ts';
import { waitFor } from '../support/wait-for.ts';
import { Api } from './api.ts';

const SCALE = 1 / 60;
const DEADLINE = 90_000;
/** Codes as a hostile provider may send them: templates of Go, PromQL, Slack, HTML, Markdown, line breaks, and sheer size. */
const HOSTILE = [
  '{{ query "up" }}',
  '{{ .Labels }} $labels ${x}',
  '<!channel> <@U1> <script>alert(1)</script>',
  '*_~`[x](javascript:alert(1))',
  '"} or vector(1) #\\',
  `\u0007line\nbreak\u202e${'x'.repeat(10_000)}`,
];

let folder: string;
let pages: Pages;
let slack: Pages;
let stop: () => void;
const stops: (() => Promise<void>)[] = [];
const api = new Api();

/** The newest alert about this code. */
const about = (code: string, status: WebhookAlert['status']) =>
  pages.payloads
    .toReversed()
    .flatMap((p) => p.alerts)
    .find((a) => a.labels['api_provider_code'] === code && a.status === status);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-page-'));
  pages = await pageReceiver();
  slack = await pageReceiver();
  const urlFile = join(folder, 'slack-url');
  writeFileSync(urlFile, slack.url);
  const metrics = await metricsServer(() => api.metrics());
  const channel = [
    { kind: 'webhook', url: pages.url },
    { kind: 'slack', channel: '#on-call', urlFile },
  ] as const;
  const config = writeAlertmanager(folder, { scale: SCALE, channels: { page: channel, ticket: channel } });
  const alertmanager = await startAlertmanager(folder, config);
  const prometheus = await startPrometheus({
    folder,
    rules: writeRules(folder, { scale: SCALE }),
    targets: [metrics.target],
    alertmanagers: [alertmanager.address],
    scrape: '250ms',
  });
  stops.push(prometheus.stop, alertmanager.stop, metrics.close, pages.close, slack.close);
  api.healthy('checkout', 'stripe');
  for (const i of HOSTILE.keys()) api.healthy(`victim-${i}`, `hostile-${i}`);
  api.deploy('checkout', '1.9.0');
  api.deploy('refunds', '1.0.0');
  await waitFor(() => api.scrapes > 8, 'some scrapes of a healthy service');
  api.deploy('checkout', '2.0.0');
  stop = api.failing([
    { service: 'checkout', provider: 'stripe', layer: 'auth', code: 'api_key_expired', requestId: 'req_8sXq2' },
    ...HOSTILE.map((code, i) => ({
      service: `victim-${i}`,
      provider: `hostile-${i}`,
      layer: 'service' as const,
      code,
      requestId: code,
    })),
  ]);
});
afterAll(async () => {
  for (const end of stops) await end();
  rmSync(folder, { recursive: true, force: true });
});

it(
  'pages about a failing API with the answer in the page',
  async () => {
    await waitFor(() => about('api_key_expired', 'firing') !== undefined, 'the page', DEADLINE);
    const payload = pages.payloads.find((p) =>
      p.alerts.some((a) => a.labels['api_provider_code'] === 'api_key_expired'),
    )!;
    expect(payload).toMatchObject({ version: '4', receiver: 'caller-page' });
    expect(about('api_key_expired', 'firing')!.labels).toMatchObject({
      owner: 'caller',
      severity: 'page',
      api_failure_layer: 'auth',
    });
    const text = pageText(payload);
    for (const part of [
      'PAGE [caller] checkout → stripe: api_key_expired at the auth layer',
      /\d+ % of calls fail with api_key_expired at the auth layer: \d+ of \d+ in 5s, usual is (?:[\d.]+ %|no history)/,
      'Where:     POST /v1/charges at api.stripe.com, status 401',
      /Since: +\d\d:\d\d UTC, \d+ s before this page/,
      /Deploy: +version 2\.0\.0, first seen ([\d.]+m?s before|after) the calls began to fail/,
      /Requests: +req_8sXq2/,
      /Trace: +http:\S*0af7651916cd43dd8448eb211c80319c/,
      'Check:     401: credentials; 403: scopes and roles; clock',
      'Retrying:  do not repeat: only another credential or scope can succeed',
      'var-service_name=checkout&var-provider=stripe&var-layer=auth&var-code=api_key_expired',
      '/ApiErrorSpike.md',
      'service=checkout&provider=stripe&layer=auth&code=api_key_expired',
      '/#/silences/new?filter=%7Balertname%3D%22ApiErrorSpike%22,service_name%3D%22checkout%22,api_provider_name%3D%22stripe%22%7D',
    ])
      expect(text).toSatisfy(
        (t: string) => (typeof part === 'string' ? t.includes(part) : part.test(t)),
        `${part} in\n${text}`,
      );
  },
  DEADLINE + 10_000,
);

it.each(HOSTILE)(
  'prints a hostile code as it is: %s',
  async (code) => {
    await waitFor(() => about(code, 'firing') !== undefined, 'its page', DEADLINE);
    const { annotations } = about(code, 'firing')!;
    const shown = code.replaceAll(/[\s\p{C}]+/gu, ' ');
    const short = [...shown].length > 100 ? `${[...shown].slice(0, 100).join('')}…` : shown;
    expect(annotations['summary']).toContain(`: ${short} at the service layer`);
    expect(annotations['description']).toContain(short);
    for (const [name, text] of Object.entries(annotations)) {
      if (name !== 'checklist') expect(text, name).not.toMatch(/[\n\u0007\u202e]/);
      if (name === 'summary' || name === 'description') expect(text.length).toBeLessThan(300);
      if (name.endsWith('_url')) expect(text, name).toMatch(/^http:\/\/|^https:\/\//);
      if (name.endsWith('_url')) expect(text, name).not.toMatch(/[\s"'<>`{}|\\]/);
    }
    expect(annotations['request_ids']).toMatch(/^[0-9A-Za-z._:/+=?…-]+$/);
  },
  DEADLINE + 10_000,
);

it(
  'opens no mention, link or markdown in Slack',
  async () => {
    const code = HOSTILE[2]!;
    const sent = () => slack.payloads.map((p) => JSON.stringify(p)).find((text) => text.includes('!channel'));
    await waitFor(() => sent() !== undefined, 'the page in Slack', DEADLINE);
    const { attachments } = JSON.parse(sent()!) as {
      attachments: { title: string; text: string; mrkdwn_in: string[] }[];
    };
    const [attachment] = attachments;
    expect(attachment!.title).toContain(code.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
    for (const { text, title } of attachments) expect(text + title).not.toMatch(/[<>]/);
    expect(attachment!.mrkdwn_in).toEqual(['pretext']);
  },
  DEADLINE + 10_000,
);

it(
  'says so when it is over',
  async () => {
    stop();
    await waitFor(() => about('api_key_expired', 'resolved') !== undefined, 'the resolved page', DEADLINE);
    expect(pageText(pages.payloads.at(-1)!)).toMatch(/RESOLVED/);
  },
  DEADLINE + 10_000,
);
