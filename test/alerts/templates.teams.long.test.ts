import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAlertmanager } from '../../alerts/write.ts';
import { answers, startChild } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';
import { alert } from './long-alert.ts';

const hasGo = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
// What fails where Go is there fails the suite: the sums are committed, so that no checksum database is asked.
if (!hasGo) process.stderr.write('teams: not rendered, no Go on the PATH to build a current Alertmanager\n');

interface Card {
  readonly attachments: [{ content: { type: string; body: { text: string }[] } }];
}

describe.runIf(hasGo)('Microsoft Teams, by a current Alertmanager', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-teams-'));
  const cards: string[] = [];
  const stops: (() => unknown)[] = [];
  let alertmanager: string;

  beforeAll(async () => {
    const module = join(folder, 'module');
    cpSync(join(import.meta.dirname, 'alertmanager'), module, { recursive: true });
    const go = (...args: string[]) => spawnSync('go', args, { cwd: module, encoding: 'utf8' });
    // The module has no built pages, which the program embeds: it gets empty ones. So the first step fails on them, and goes on.
    go('mod', 'vendor', '-e');
    for (const pages of ['elm', 'mantine']) {
      const dist = join(module, 'vendor/github.com/prometheus/alertmanager/ui/app/dist', pages);
      mkdirSync(dist, { recursive: true });
      writeFileSync(join(dist, 'index.html'), '');
    }
    const program = join(folder, 'alertmanager');
    const built = go('build', '-mod=vendor', '-o', program, 'github.com/prometheus/alertmanager/cmd/alertmanager');
    expect(built.status, built.stderr).toBe(0);

    const server = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        cards.push(body);
        res.writeHead(202).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const urlFile = join(folder, 'teams');
    writeFileSync(urlFile, `http://127.0.0.1:${(server.address() as AddressInfo).port}/teams`);
    const page = [{ kind: 'msteams', urlFile }] as const;
    const config = writeAlertmanager(folder, { scale: 1 / 60, channels: { page, ticket: page } });
    alertmanager = `http://127.0.0.1:${await freePort()}`;
    const child = await startChild(
      program,
      [
        `--config.file=${config}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=${new URL(alertmanager).host}`,
        '--cluster.listen-address=',
      ],
      () => answers(`${alertmanager}/-/ready`),
    );
    stops.push(child.stop);
  }, 1_200_000);
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const post = (alerts: readonly object[]) =>
    fetch(`${alertmanager}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });
  /** Title and text of the newest card that has both words. */
  const told = async (...words: string[]): Promise<readonly [title: string, text: string]> => {
    const found = () => cards.findLast((card) => words.every((word) => card.includes(word)));
    await waitFor(() => found() !== undefined, `a card about ${words.join(', ')}`, 30_000);
    const [{ content }] = (JSON.parse(found()!) as Card).attachments;
    expect(content.type).toBe('AdaptiveCard');
    return [content.body[0]!.text, content.body[1]!.text];
  };

  it.each([1, 3, 40])(
    'shows the worst of %i alerts first, its links once, and not more than a card holds',
    async (n) => {
      const service = `checkout-${n}`;
      const sent = Array.from({ length: n }, (_, i) => alert(service, i === Math.floor(n / 2) ? 900 : i + 1));
      expect((await post(sent)).status).toBe(200);
      const [title, text] = await told(service, 'code_900');
      expect(title).toContain(`[page] ${service} → stripe: code_900`);
      if (n > 1) expect(title).toContain(`(+${n - 1})`);
      expect(text).toContain('Where: POST /v1/charges at api.stripe.com, status 503');
      for (const link of ['Evidence', 'Dashboard', 'Runbook', 'Silence'])
        expect(text.split(`${link}: `)).toHaveLength(2);
      if (n === 40) expect(text).toContain('40 fire in all.');
      // Teams refuses messages of more than 28 kB.
      expect(Math.max(...cards.map((card) => Buffer.byteLength(card)))).toBeLessThan(28_000);
    },
    60_000,
  );

  it('is short and in the past when all is over', async () => {
    const one = alert('ending', 1);
    await post([one]);
    await told('ending', 'code_1');
    const over = { startsAt: new Date(Date.now() - 60_000).toISOString(), endsAt: new Date().toISOString() };
    await post([{ ...one, ...over }]);
    const [title, text] = await told('ending', '[resolved]');
    expect(title).toContain('[resolved] ending → stripe: code_1');
    expect(text).toMatch(/over, \d\d:\d\d to \d\d:\d\d UTC/);
    expect(text).not.toContain('Where:');
  }, 60_000);
});
