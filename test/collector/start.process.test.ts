import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { faultlayer } from '../support/cli.ts';
import { parsePage, sumOf } from '../support/exposition.ts';
import { protobufBody } from '../support/otlp-spans.ts';
import { send, testCollector } from '../support/test-collector.ts';
import { waitFor } from '../support/wait-for.ts';
import { makeCertificate } from '../support/x509.ts';

const main = join(import.meta.dirname, '../../dist/cli/main.js');
const PORTS = { FAULTLAYER_OTLP_PORT: '0', FAULTLAYER_HTTP_PORT: '0' };
const body = protobufBody([
  {
    resource: { 'service.name': 'p' },
    spans: [{ attributes: { 'http.request.method': 'GET', 'api.status.class': '2xx' } }],
  },
]);
const protobuf = { 'content-type': 'application/x-protobuf' };
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** `faultlayer collector --json` as a process, once it listens. */
async function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, 'collector', '--json'], {
    env: { PATH: process.env['PATH']!, ...PORTS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (c) => (stdout += c));
  child.stderr.on('data', (c) => (stderr += c));
  await waitFor(() => stdout.includes('}\n'), 'the collector to listen');
  const urls = JSON.parse(stdout) as { otlp: string; http: string };
  return { child, ...urls, stderr: () => stderr };
}

it('finishes what is in flight on SIGTERM, takes nothing new, and exits 0 (B16)', async () => {
  const { child, otlp } = await start();
  const { hostname, port } = new URL(otlp);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (c) => (answer += c));
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  socket.write(body.subarray(0, 10));
  // The request must be with the server before the signal: another one on a later connection has been answered.
  await send(`${otlp}/v1/traces`, { method: 'POST', headers: protobuf, body });
  child.kill('SIGTERM');
  await waitFor(
    () =>
      send(otlp).then(
        () => false,
        () => true,
      ),
    'the port to close',
  );
  socket.write(body.subarray(10));
  await waitFor(() => answer.startsWith('HTTP/1.1 200'), 'the answer in flight');
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
});

it('ends at once on a second signal (B16)', async () => {
  const { child, otlp } = await start();
  const { hostname, port } = new URL(otlp);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 10\r\n\r\n',
  );
  await send(`${otlp}/v1/traces`, { method: 'POST', headers: protobuf, body });
  child.kill('SIGTERM');
  await waitFor(
    () =>
      send(otlp).then(
        () => false,
        () => true,
      ),
    'the port to close',
  );
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(1);
  socket.destroy();
});

it('starts clean after kill -9, counters at zero (B16)', async () => {
  const first = await start();
  await send(`${first.otlp}/v1/traces`, { method: 'POST', headers: protobuf, body });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await start({
    FAULTLAYER_OTLP_PORT: new URL(first.otlp).port,
    FAULTLAYER_HTTP_PORT: new URL(first.http).port,
  });
  const samples = parsePage((await send(`${second.http}/metrics`)).body.toString());
  expect(sumOf(samples, 'api_client_calls_total')).toBe(0);
  expect((await send(`${second.otlp}/v1/traces`, { method: 'POST', headers: protobuf, body })).status).toBe(200);
});

it('names what it cannot use in one line and exits 2 (B17)', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const cases: [Record<string, string>, RegExp][] = [
    [
      { ...PORTS, FAULTLAYER_OTLP_PORT: String(port) },
      new RegExp(`^faultlayer: port ${port} on 127.0.0.1 is taken; set FAULTLAYER_OTLP_PORT to another\n$`),
    ],
    [
      { ...PORTS, FAULTLAYER_HTTP_PORT: String(port) },
      new RegExp(`^faultlayer: port ${port} on 127.0.0.1 is taken; set FAULTLAYER_HTTP_PORT to another\n$`),
    ],
    [{ ...PORTS, FAULTLAYER_OTLP_PORT: '70000' }, /^faultlayer: FAULTLAYER_OTLP_PORT must be a whole number/],
    [
      { ...PORTS, FAULTLAYER_OTLP_TLS_CERT: '/nonexistent/cert.pem' },
      /^faultlayer: FAULTLAYER_OTLP_TLS_CERT: ENOENT.*\n$/,
    ],
    [{ ...PORTS, NODE_OPTIONS: '--jitless' }, /^faultlayer: OTLP cannot be decoded: .*WebAssembly.*\n$/],
    [{ ...PORTS, FAULTLAYER_FORWARD_ENDPOINT: 'not a url' }, /^faultlayer: FAULTLAYER_FORWARD_ENDPOINT: .*\n$/],
  ];
  for (const [env, line] of cases) {
    const { code, stderr, stdout } = await faultlayer(['collector'], env);
    expect([code, stdout], stderr).toEqual([2, '']);
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain('    at ');
  }
  taken.close();
});

it('starts beside variables that are not known, and tells each with the name that may be meant', async () => {
  const { stderr } = await start({
    FAULTLAYER_OTLP_PROT: '1',
    FAULTLAYER_CACHE: '/tmp',
    // Kubernetes, for Services named faultlayer and faultlayer-http
    FAULTLAYER_SERVICE_HOST: '10.0.0.7',
    FAULTLAYER_PORT_4318_TCP: 'tcp://10.0.0.7:4318',
    FAULTLAYER_HTTP_SERVICE_HOST: '10.0.0.7',
    FAULTLAYER_METRICS_PORT: 'tcp://10.0.0.7:80',
  });
  await waitFor(() => stderr().includes('/metrics'), 'the greeting');
  expect(stderr().match(/^.*not known.*$/gm)).toEqual([
    "faultlayer: FAULTLAYER_OTLP_PROT is not known; did you mean 'FAULTLAYER_OTLP_PORT'?",
    expect.stringMatching(/^faultlayer: FAULTLAYER_CACHE is not known/),
  ]);
});

it('listens on loopback only unless told, and warns when it is open without a token (B19)', async () => {
  const local = await start();
  expect([new URL(local.otlp).hostname, new URL(local.http).hostname]).toEqual(['127.0.0.1', '127.0.0.1']);
  expect(local.stderr()).not.toContain('anyone');
  const open = await start({ FAULTLAYER_OTLP_HOST: '0.0.0.0' });
  await waitFor(() => open.stderr().includes('anyone who reaches 0.0.0.0 can send spans'), 'the warning');
  const guarded = await start({ FAULTLAYER_OTLP_HOST: '0.0.0.0', FAULTLAYER_OTLP_TOKEN: 's3cret-token' });
  await waitFor(() => guarded.stderr().includes('/metrics'), 'the greeting');
  expect(guarded.stderr()).not.toMatch(/anyone|s3cret-token/);
});

it('asks for the token before it reads a body (B18)', async () => {
  const collector = await testCollector({ FAULTLAYER_OTLP_TOKEN: 's3cret-token' });
  try {
    for (const authorization of [
      undefined,
      'Bearer wrong',
      'Bearer s3cret-tokenx',
      'Basic s3cret-token',
      's3cret-token',
    ]) {
      const answer = await collector.post(body, authorization === undefined ? {} : { authorization });
      expect([answer.status, answer.headers['www-authenticate']], authorization).toEqual([401, 'Bearer']);
      expect(answer.body.toString()).not.toContain('s3cret');
    }
    // A body that never comes is refused all the same.
    const { hostname, port } = new URL(collector.otlpUrl);
    const socket = connect(Number(port), hostname);
    let early = '';
    socket.on('data', (c) => (early += c));
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
    );
    await waitFor(() => early.startsWith('HTTP/1.1 401'), 'the refusal');
    socket.destroy();
    expect((await collector.post(body, { authorization: 'Bearer s3cret-token' })).status).toBe(200);
    expect((await send(`${collector.httpUrl}/metrics`)).body.toString()).not.toContain('s3cret');
  } finally {
    await collector.close();
  }
});

it('speaks TLS with a certificate and key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-tls-'));
  const { cert, key } = makeCertificate({ name: 'localhost', names: ['localhost'] });
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
  const collector = await testCollector({
    FAULTLAYER_OTLP_TLS_CERT: join(folder, 'cert.pem'),
    FAULTLAYER_OTLP_TLS_KEY: join(folder, 'key.pem'),
  });
  try {
    expect(collector.otlpUrl).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      const req = tlsRequest(
        `${collector.otlpUrl}/v1/traces`,
        { method: 'POST', headers: protobuf, rejectUnauthorized: false },
        (res) => resolve(res.resume().statusCode),
      );
      req.on('error', reject);
      req.end(body);
    });
    expect(status).toBe(200);
  } finally {
    await collector.close();
    rmSync(folder, { recursive: true });
  }
});
