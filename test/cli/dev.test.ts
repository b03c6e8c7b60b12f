import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { faultlayer } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { tcpServer } from '../support/servers.ts';

const main = join(import.meta.dirname, '../../dist/cli/main.js');

describe('faultlayer dev', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'faultlayer-dev-')), 'my app');
  let provider: Server;
  let url: string;
  const FREE = { FAULTLAYER_OTLP_PORT: '0', FAULTLAYER_HTTP_PORT: '0' };
  const runIn = (env: Record<string, string>, ...args: string[]) =>
    faultlayer(['dev', ...args], { URL: url, ...env }, folder);
  const run = (...args: string[]) => runIn(FREE, ...args);

  beforeAll(async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"name":"shop","scripts":{"call":"node app.cjs"}}');
    writeFileSync(
      join(folder, 'app.cjs'),
      'fetch(process.env.URL + "/v1/things/42").then(async (r) => { await r.text(); console.log(r.status, process.argv.slice(2).join()); process.exitCode = Number(process.argv[2] ?? 0); });',
    );
    writeFileSync(join(folder, 'fine.cjs'), 'fetch(process.env.URL + "/ok").then((r) => r.text());');
    writeFileSync(
      join(folder, 'waits.cjs'),
      'process.on("SIGTERM", () => process.exit(7)); console.log("up"); setInterval(() => {}, 1000);',
    );
    provider = createServer((req, res) => {
      if (req.url === '/ok') return res.end('{}');
      res.writeHead(401, { 'content-type': 'application/json', 'x-request-id': 'req_dev' });
      return res.end('{"error":{"code":"invalid_api_key","message":"no such key"}}');
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    provider.close();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it('prints a failing call as one line, its first sight as three more, and leaves stdout to the application', async () => {
    const { code, stdout, stderr } = await run('--summary', 'app.cjs', '0', 'x y');
    expect([code, stdout]).toEqual([0, '401 0,x y\n']);
    const [, line, message, check, curl, ...summary] = stderr.trimEnd().split('\n');
    expect(line).toMatch(
      /^✗ auth 127\.0\.0\.1 401 invalid_api_key GET \/v1\/things\/\{id\} {2}req_dev .*\/failures\/[\w-]+$/,
    );
    expect([message, check]).toEqual([
      '    no such key',
      expect.stringContaining('First check: no credential was sent'),
    ]);
    expect(curl).toContain(`'${url}/v1/things/42'`);
    expect(summary).toEqual([
      'faultlayer: 1 failed call of 1 kind',
      expect.stringContaining('1× auth 127.0.0.1 401 invalid_api_key'),
    ]);
  });

  it('ends with the exit code of the application, or 1 where --fail-on names a layer that failed', async () => {
    expect((await run('app.cjs', '5')).code).toBe(5);
    expect((await run('--fail-on', 'auth,dns', 'app.cjs')).code).toBe(1);
    expect((await run('--fail-on=dns', 'app.cjs')).code).toBe(0);
    expect((await run('--fail-on', 'all', 'fine.cjs')).code).toBe(0);
  });

  it('runs any command; of npm only the script is listened to', async () => {
    const { code, stderr } = await run('--summary', '--', 'npm', 'run', '--silent', 'call');
    expect([code, stderr]).toEqual([0, expect.stringContaining('faultlayer: 1 failed call of 1 kind')]);
  });

  it('is found by other commands of the same user while it runs', async () => {
    writeFileSync(
      join(folder, 'asks.cjs'),
      `const { execFileSync } = require('node:child_process');
fetch(process.env.URL + '/v1/things/42').then(async (r) => {
  await r.text();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  console.log(execFileSync(process.execPath, [${JSON.stringify(main)}, 'why', '--since', '1m', '127.0.0.1'], { encoding: 'utf8' }));
}).catch((error) => console.log(error.stdout));`,
    );
    const env = { XDG_STATE_HOME: folder, FAULTLAYER_OTLP_PORT: '0', FAULTLAYER_HTTP_PORT: String(await freePort()) };
    expect((await runIn(env, 'asks.cjs')).stdout).toContain('request IDs req_dev');
  });

  it('takes the usual ports of a collector, where a task that was left NODE_OPTIONS alone sends to; else free ones', async () => {
    const endpoint = ['--', 'node', '-p', 'process.env.OTEL_EXPORTER_OTLP_ENDPOINT'];
    await using taken = await tcpServer(() => {});
    const elsewhere = await runIn({ FAULTLAYER_OTLP_PORT: '0', FAULTLAYER_HTTP_PORT: String(taken.port) }, ...endpoint);
    expect([elsewhere.code, elsewhere.stdout]).toEqual([0, expect.stringMatching(/^http:.*:\d+\n$/)]);
    const port = await freePort();
    const own = { FAULTLAYER_OTLP_PORT: String(port), FAULTLAYER_HTTP_PORT: '0' };
    expect((await runIn(own, ...endpoint)).stdout).toContain(`:${port}\n`);
    expect(loadConfig({ FAULTLAYER_OTLP_PORT: undefined }).config.otlpPort).toBe(4318);
  });

  it('says what it cannot run', async () => {
    expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('give the file or command') });
    expect(await run('--', 'no-such-command')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no file or command 'no-such-command'"),
    });
    expect(await run('--fail-on', 'banana', 'app.cjs')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no layer 'banana'"),
    });
  });

  it('passes a signal on and waits for the application', async () => {
    const child = spawn(process.execPath, [main, 'dev', 'waits.cjs'], {
      cwd: folder,
      env: { ...process.env, ...FREE },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(7);
  });
});
