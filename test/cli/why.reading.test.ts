import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authority } from '../support/certificates.ts';
import { faultlayer } from '../support/cli.ts';
import { httpServer, httpsServer } from '../support/servers.ts';
import { waitFor } from '../support/wait-for.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-reading-'));

/** The first table of docs/reading.md: case, then what each text must name. */
const [PAGE = ''] = readFileSync(join(root, 'docs/reading.md'), 'utf8').split('It was judged');
const ROWS = [...PAGE.matchAll(/^\| (.+) \|$/gm)].map(([, cells]) => cells!.split(' | ')).slice(1);

const JSON_TYPE = { 'content-type': 'application/json' };
const ERROR_EVENT =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
const ANSWERS: Readonly<Record<string, (res: ServerResponse) => void>> = {
  '/v1/invoices': (res) =>
    res
      .writeHead(401, { ...JSON_TYPE, 'x-request-id': 'req_8fKq21TzWm' })
      .end('{"error":{"code":"invalid_api_key","message":"Incorrect API key provided."}}'),
  '/v1/search': (res) =>
    res
      .writeHead(429, { ...JSON_TYPE, 'retry-after': '20', 'x-request-id': 'req_5dJn77QaLb' })
      .end('{"error":{"code":"rate_limit_exceeded","message":"Too many requests."}}'),
  '/v1/messages': (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_9sPv40HyRc' });
    res.write('event: message_start\ndata: {"type":"message_start"}\n\n');
    setTimeout(() => res.end(ERROR_EVENT), 50);
  },
};
/** What has no answer in the table stays silent. */
const answer = (req: IncomingMessage, res: ServerResponse): void => ANSWERS[req.url!]?.(res);

/** Path of each row's call, in the table's order. */
const PATHS = ['/v1/invoices', '/v1/search', '/v1/rates', '/v1/messages', '/v1/reports'];
const texts: Record<'terminal' | 'page' | 'why', string[]> = { terminal: [], page: [], why: [] };
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

beforeAll(async () => {
  const ca = authority();
  const { key, cert } = ca.leaf({ names: ['localhost'], days: -1 });
  await using plain = await httpServer(answer);
  await using tls = await httpsServer({ key, cert: cert + ca.intermediate.cert }, answer);
  writeFileSync(join(folder, 'ca.pem'), ca.root);
  ca[Symbol.dispose]();
  const base = `http://127.0.0.1:${plain.port}`;
  writeFileSync(
    join(folder, 'app.mjs'),
    `const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
const post = (path, more) => fetch('${base}' + path, { method: 'POST', headers, body: '{}', ...more }).then((r) => r.text()).catch(() => {});
await post('/v1/invoices');
await post('/v1/search');
await fetch('https://localhost:${tls.port}/v1/rates').catch(() => {});
await post('/v1/messages');
await post('/v1/reports', { signal: AbortSignal.timeout(300) });
setInterval(() => {}, 1000);`,
  );
  const env = {
    PATH: process.env['PATH']!,
    HOME: folder,
    NO_COLOR: '1',
    FAULTLAYER_OTLP_PORT: '0',
    FAULTLAYER_HTTP_PORT: '0',
    FAULTLAYER_PROVIDERS: '127.0.0.1=acme,localhost=ratesapi',
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  };
  const dev = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'dev', 'app.mjs'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  dev.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await waitFor(
    () => (said.match(/^ {4}curl .*\n/gm) ?? []).length === PATHS.length,
    'five failures with a curl each',
    50_000,
  );
  const [, port = '', token = ''] = /:(\d+)\/failures#token=(\S+)/.exec(said)!;
  texts.terminal = said.split(/^(?=✗ )/m).slice(1);
  for (const text of texts.terminal) {
    const [, id] = /\/failures\/([\w-]+)$/m.exec(text)!;
    const headers = { authorization: `Bearer ${token}`, accept: 'text/html' };
    const page = await (await fetch(`http://127.0.0.1:${port}/failures/${id}`, { headers })).text();
    const words = page.replaceAll('&#39;', "'").replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]+>/g, ' ');
    texts.page.push(words.slice(0, words.indexOf('Checklist')));
  }
  const answered = await faultlayer(['why'], { FAULTLAYER_HTTP_PORT: port, FAULTLAYER_HTTP_TOKEN: token });
  texts.why = answered.stdout.split('\n\n').slice(1);
  const ended = new Promise((resolve) => dev.once('exit', resolve));
  dev.kill('SIGTERM');
  await ended;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(['terminal', 'page', 'why'] as const)(
  'the %s names layer, code, request ID, owner, next step and whether to repeat',
  (where) => {
    expect(ROWS).toHaveLength(PATHS.length);
    for (const [i, [name, layer, code, requestId, turn, next, repeat]] of ROWS.entries()) {
      const text = oneLine(texts[where].find((one) => one.includes(PATHS[i]!))!);
      const id = requestId === 'no(ne)' ? /no request ID|none came back/ : requestId!;
      expect.soft(text, `${name}: layer`).toContain(layer);
      expect.soft(text, `${name}: code`).toContain(code);
      expect.soft(text, `${name}: request ID`).toMatch(id);
      expect.soft(text, `${name}: turn of`).toContain(turn);
      expect.soft(text, `${name}: next step`).toContain(next);
      expect.soft(text, `${name}: repeat it`).toContain(repeat);
    }
  },
);
