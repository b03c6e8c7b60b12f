import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAlertmanager } from '../../alerts/write.ts';
import { startAlertmanager } from '../support/monitoring.ts';
import { waitFor } from '../support/wait-for.ts';
import { alert } from './long-alert.ts';

const TEMPLATES = readFileSync(join(import.meta.dirname, '../../alerts/templates/faultlayer.tmpl'), 'utf8');

/** What each channel was sent, by the path it was sent to; mails by `mail`. */
const sent: { to: string; body: string }[] = [];
const stops: (() => Promise<void> | void)[] = [];
let folder: string;
let url: string;
let alertmanager: string;

/** Without the quoting of mails. */
const plain = (text: string): string =>
  Buffer.from(
    text
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

async function mailServer(): Promise<number> {
  const server = createTcp((socket) => {
    let data: string | undefined;
    const say = (line: string) => socket.write(`${line}\r\n`);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      if (data !== undefined) {
        data += text;
        if (!data.endsWith('\r\n.\r\n')) return;
        sent.push({ to: 'mail', body: plain(data) });
        data = undefined;
        say('250 kept');
      } else if (/^DATA/i.test(text)) {
        data = '';
        say('354 go on');
      } else say(/^QUIT/i.test(text) ? '221 bye' : '250 ok');
    });
    say('220 here');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => void server.close());
  return (server.address() as { port: number }).port;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-channels-'));
  const server = createHttp((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      sent.push({ to: req.url!, body });
      res
        .writeHead(req.url!.includes('pagerduty') ? 202 : 200, { 'content-type': 'application/json' })
        .end('{"status":"success"}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(
    () => server.closeAllConnections(),
    () => void server.close(),
  );
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const secret = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const page = [
    { kind: 'webhook', url: `${url}/webhook` },
    { kind: 'slack', channel: '#x', urlFile: secret('slack', `${url}/slack`) },
    { kind: 'pagerduty', routingKeyFile: secret('pd', 'key'), url: `${url}/pagerduty` },
    { kind: 'opsgenie', keyFile: secret('og', 'key'), url: `${url}/opsgenie/` },
    { kind: 'email', to: 'a@example.org', from: 'b@example.org', smarthost: `127.0.0.1:${await mailServer()}` },
  ] as const;
  const config = writeAlertmanager(folder, { scale: 1 / 60, channels: { page, ticket: page } });
  writeFileSync(config, `global:\n  smtp_require_tls: false\n${readFileSync(config, 'utf8')}`);
  const started = await startAlertmanager(folder, config);
  alertmanager = `http://${started.address}`;
  stops.push(started.stop);
});
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

const post = async (alerts: readonly object[]): Promise<void> => {
  const response = await fetch(`${alertmanager}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  expect(response.status).toBe(200);
};
/** What every channel was sent about this service, when the last of them has it. */
const ALL = ['webhook', 'slack', 'pagerduty', 'opsgenie', 'mail'];
const told = async (service: string, word: string, kinds = ALL): Promise<Record<string, string>> => {
  const of = () =>
    Object.fromEntries(
      kinds.flatMap((kind) => {
        const found = sent.findLast((s) => s.to.includes(kind) && s.body.includes(service) && s.body.includes(word));
        return found === undefined ? [] : [[kind, found.body] as const];
      }),
    );
  await waitFor(() => Object.keys(of()).length === kinds.length, `all channels about ${service}`, 30_000);
  return of();
};
interface Slack {
  attachments: [{ title: string; text: string; fallback: string; title_link: string; actions: { url: string }[] }];
}

describe('a notification of so many alerts', () => {
  it.each([1, 3, 40])(
    '%i',
    async (n) => {
      const service = `checkout-${n}`;
      // The worst is in the middle, by failures, and neither first nor last by labels.
      await post(Array.from({ length: n }, (_, i) => alert(service, i === Math.floor(n / 2) ? 900 : i + 1)));
      const { slack, pagerduty, opsgenie, mail, webhook } = await told(service, 'code_900');
      const [attachment] = (JSON.parse(slack!) as Slack).attachments;
      const shown = attachment.title + attachment.text;
      expect([...shown].length).toBeLessThanOrEqual(2500);
      expect(attachment.title).toContain(`[page] ${service} → stripe: code_900`);
      expect(attachment.text).toContain('Where: POST /v1/charges at api.stripe.com, status 503');
      expect(shown).not.toMatch(/[<>]/);
      expect(attachment.actions.map((a) => new URL(a.url).hostname)).toHaveLength(4);
      if (n > 1) expect(attachment.title).toContain(`(+${n - 1})`);
      if (n === 40) expect(attachment.text).toContain('40 fire in all.');

      const page = JSON.parse(pagerduty!) as {
        payload: { summary: string; custom_details: Record<string, string>; source: string };
        links: { href: string }[];
      };
      expect(page.payload.summary).toContain('code_900');
      expect(page.payload.source).toBe(service);
      expect(page.links.map((l) => l.href.startsWith('https://'))).toEqual([true, true, true, true]);
      expect(pagerduty!.length).toBeLessThan(6000);
      expect(pagerduty!.split('Where: ').length).toBe(2);

      const ops = JSON.parse(opsgenie!) as { message: string; description: string; priority: string };
      expect(ops).toMatchObject({ priority: 'P1' });
      expect(ops.message).toContain('code_900');
      expect(ops.description.length).toBeLessThan(4000);

      expect(mail).toMatch(/Subject: .*page/);
      expect(mail!.slice(mail!.indexOf('text/html'))).not.toContain('<!channel>');
      expect((JSON.parse(webhook!) as { alerts: unknown[] }).alerts).toHaveLength(n);
    },
    60_000,
  );
});

it('names what still fires when the first is over, and is short and in the past when all are', async () => {
  const service = 'ending';
  const [first, second] = [alert(service, 1), alert(service, 5)];
  await post([first, second]);
  await told(service, 'code_5');
  const over = { startsAt: new Date(Date.now() - 60_000).toISOString(), endsAt: new Date().toISOString() };
  await post([second, { ...first, ...over }]);
  const partly = JSON.parse((await told(service, 'over, ', ['slack', 'mail']))['slack']!) as Slack;
  expect(partly.attachments[0].title).toContain('[page] ending → stripe: code_5');
  expect(partly.attachments[0].title).not.toContain('(+');
  await post([
    { ...first, ...over },
    { ...second, ...over },
  ]);
  const all = JSON.parse((await told(service, '[resolved]', ['slack']))['slack']!) as Slack;
  expect(all.attachments[0].text.length).toBeLessThan(500);
  expect(all.attachments[0].text).toMatch(/over, \d\d:\d\d to \d\d:\d\d UTC/);
  expect(all.attachments[0].text).not.toContain('Where:');
}, 60_000);

it('sends the provider’s page of a service and provider, and not the caller’s beside it', async () => {
  const service = 'inhibited';
  await post([alert(service, 1, {}, { owner: 'provider' })]);
  await told(service, 'code_1');
  await post([
    alert(service, 1, {}, { owner: 'provider' }),
    alert(service, 2, {}, { owner: 'caller', api_failure_layer: 'auth' }),
    alert(service, 3, {}, { owner: 'caller', api_failure_layer: 'auth', api_provider_name: 'twilio' }),
  ]);
  await told(service, 'code_3');
  await new Promise((r) => setTimeout(r, 1500));
  expect(sent.filter((s) => s.body.includes(service) && s.body.includes('code_2'))).toEqual([]);
}, 60_000);

it('has the same text for Slack as for the others, but for what Slack would read as its own', () => {
  const blocks = new Map(
    [
      ...TEMPLATES.matchAll(
        /\{\{ define "faultlayer\.([\w.]+)" -?\}\}(.*?)\n?(?=\n\{\{\/\*|\n\{\{ define|\n*$(?![\s\S]))/gs,
      ),
    ].map((m) => [m[1]!, m[2]!]),
  );
  for (const name of ['title', 'facts', 'over', 'short', '60', '300']) {
    const slack = blocks.get(`slack.${name}`)!.replaceAll('faultlayer.slack.', 'faultlayer.');
    expect(slack.replaceAll(/ \| reReplaceAll "[&<>]" "&\w+;"/g, '').trim()).toBe(blocks.get(name)!.trim());
  }
});
