import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Recorded } from '../instrumentation/capture/matrix/run.ts';

const here = import.meta.dirname;
const exec = promisify(execFile);
type Body = readonly [status: number, body: string, headers?: Record<string, string>];
interface Sdk {
  readonly name: string;
  /** What the provider answers when it refuses, in its own words. */
  readonly error: Body;
  readonly layer: string;
  /** Default `http.error`. */
  readonly reason?: string;
  readonly code: string;
  readonly requestId?: string;
  /** The least that lets the SDK succeed. */
  readonly ok?: string;
}
const json = (value: unknown) => JSON.stringify(value);
const plain = (name: string): Sdk => ({
  name,
  error: [422, json({ error: { code: 'invalid_field' } }), { 'x-request-id': 'req_p' }],
  layer: 'payload',
  code: 'invalid_field',
  requestId: 'req_p',
});

const SDKS: readonly Sdk[] = [
  {
    name: 'stripe',
    error: [
      402,
      json({ error: { type: 'card_error', code: 'card_declined', message: 'no' } }),
      { 'request-id': 'req_s' },
    ],
    layer: 'payload',
    code: 'card_declined',
    requestId: 'req_s',
  },
  {
    name: 'openai',
    error: [
      429,
      json({ error: { message: 'slow', type: 'requests', param: null, code: 'rate_limit_exceeded' } }),
      { 'x-request-id': 'req_o' },
    ],
    layer: 'throttling',
    code: 'rate_limit_exceeded',
    requestId: 'req_o',
    ok: json({ object: 'list', data: [] }),
  },
  {
    name: 'anthropic',
    error: [
      529,
      json({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } }),
      { 'request-id': 'req_a' },
    ],
    layer: 'throttling',
    reason: 'http.overloaded',
    code: 'overloaded_error',
    requestId: 'req_a',
    ok: json({ id: 'm', type: 'message', role: 'assistant', content: [], model: 'm', usage: {} }),
  },
  {
    name: 's3',
    error: [
      404,
      '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>no</Message><RequestId>R</RequestId></Error>',
      { 'content-type': 'application/xml', 'x-amz-request-id': 'amz1' },
    ],
    layer: 'endpoint',
    code: 'NoSuchKey',
    requestId: 'amz1',
  },
  {
    name: 'dynamodb',
    error: [
      400,
      json({ __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'no' }),
      { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'amz2' },
    ],
    layer: 'payload',
    code: 'ResourceNotFoundException',
    requestId: 'amz2',
    ok: json({ TableNames: [] }),
  },
  {
    name: 'octokit',
    error: [
      422,
      json({ message: 'Validation Failed', errors: [{ resource: 'Issue', code: 'missing_field' }] }),
      { 'x-github-request-id': 'gh1' },
    ],
    layer: 'payload',
    code: 'missing_field',
    requestId: 'gh1',
  },
  {
    name: 'slack',
    error: [429, json({ ok: false, error: 'ratelimited' }), { 'retry-after': '1', 'x-slack-req-id': 'sl1' }],
    layer: 'throttling',
    code: 'ratelimited',
    requestId: 'sl1',
    ok: json({ ok: true }),
  },
  {
    name: 'twilio',
    error: [400, json({ code: 21211, message: 'bad To', more_info: 'x', status: 400 }), { 'twilio-request-id': 'RQ1' }],
    layer: 'payload',
    code: '21211',
    requestId: 'RQ1',
    ok: json({ sid: 'SM1' }),
  },
  {
    name: 'azure',
    error: [
      403,
      '<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>no</Message></Error>',
      { 'content-type': 'application/xml', 'x-ms-request-id': 'az1', 'x-ms-error-code': 'AuthenticationFailed' },
    ],
    layer: 'auth',
    code: 'AuthenticationFailed',
    requestId: 'az1',
    ok: '<?xml version="1.0"?><StorageServiceProperties/>',
  },
  {
    name: 'googleapis',
    error: [
      403,
      json({
        error: {
          code: 403,
          message: 'no',
          status: 'PERMISSION_DENIED',
          errors: [{ reason: 'insufficientPermissions' }],
        },
      }),
    ],
    layer: 'auth',
    code: 'insufficientPermissions',
  },
  ...['axios', 'axios-fetch', 'got', 'ky', 'node-fetch', 'superagent'].map(plain),
];

let server: Server;
let occupier: Socket;
let base: string;
let refused: string;

/** Most SDKs keep the base URL's path; googleapis is given the name as a parameter. */
const NAMED = /[/=]([\w-]+)\/(error|cut|refused|ok)\b/;

function answer(url: string, response: ServerResponse): void {
  const [, name, scenario] = NAMED.exec(decodeURIComponent(url)) ?? [];
  const sdk = SDKS.find((s) => s.name === name);
  if (scenario === 'cut') response.socket?.destroy();
  else if (scenario === 'ok')
    response
      .setHeader('content-type', sdk?.ok?.startsWith('<') ? 'application/xml' : 'application/json')
      .end(sdk?.ok ?? '{}');
  else {
    const [status, body, headers] = sdk?.error ?? [418, `nobody asks for ${url}`];
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  }
}

beforeAll(async () => {
  if (!existsSync(join(here, 'node_modules/stripe')))
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: here, stdio: 'ignore' });
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(request.url ?? '', response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // The near end of an open connection: nobody listens there, and nobody else can be given the port.
  occupier = connect(Number(new URL(base).port), '127.0.0.1');
  await once(occupier, 'connect');
  refused = `http://127.0.0.1:${occupier.localPort}`;
});
afterAll(() => {
  occupier.destroy();
  server.closeAllConnections();
  server.close();
});

async function run(preloaded: boolean): Promise<{ saw: Map<string, string>; calls: Recorded[]; faults: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-sdks-'));
  const out = join(folder, 'out.json');
  try {
    const preload = preloaded ? ['--import', join(here, '../instrumentation/capture/matrix/recorder.mjs')] : [];
    const { stdout } = await exec(process.execPath, [...preload, join(here, 'child.mjs'), base, refused], {
      env: {
        PATH: process.env['PATH'],
        NODE_NO_WARNINGS: '1',
        CAPTURE_DIST: join(here, '../../dist'),
        CAPTURE_OUT: out,
        AWS_EC2_METADATA_DISABLED: 'true',
      },
      timeout: 120_000,
      maxBuffer: 16 << 20,
    });
    const rows = stdout
      .split('\n')
      .filter((line) => line.startsWith('{"name"'))
      .map((line) => JSON.parse(line) as { name: string; saw: unknown });
    const recorded = preloaded ? JSON.parse(readFileSync(out, 'utf8')) : { calls: [], faults: [] };
    return { saw: new Map(rows.map((r) => [r.name, JSON.stringify(r.saw)])), ...recorded };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('tells the failures of real SDKs, and they notice nothing', async () => {
  const plainRun = await run(false);
  const ours = await run(true);
  expect(ours.faults).toEqual([]);
  expect(Object.fromEntries(ours.saw)).toEqual(Object.fromEntries(plainRun.saw));

  const told = (name: string, scenario: string) =>
    ours.calls
      .filter((call) => NAMED.exec(decodeURIComponent(call.url))?.slice(1).join('/') === `${name}/${scenario}`)
      .map(({ kind, layer, reason, sent, attributes: a }) =>
        [
          kind,
          layer,
          // a hang-up at once on a connection that lay idle for a second looks like one that had been given up
          reason === 'http.connection.stale' && Number(a['api.connection.idle']) >= 1 ? 'http.response.closed' : reason,
          sent,
          a['api.provider.code'],
          a['api.provider.request_id'],
        ]
          .filter(Boolean)
          .join(' '),
      );
  const table = SDKS.flatMap(({ name }) =>
    ['error', 'cut', 'refused', 'ok'].map((s) => [`${name} ${s}`, told(name, s)] as const),
  );
  console.log(table.map(([name, calls]) => `${name.padEnd(24)} ${calls.join(' | ')}`).join('\n'));
  expect(Object.fromEntries(table)).toEqual(
    Object.fromEntries(
      SDKS.flatMap(({ name, layer, reason = 'http.error', code, requestId }) => [
        [`${name} error`, [['failed', layer, reason, 'yes', code, requestId].filter(Boolean).join(' ')]],
        // stripe repeats a closed connection once whatever it is told
        [`${name} cut`, Array(name === 'stripe' ? 2 : 1).fill('failed wait http.response.closed yes')],
        [`${name} refused`, ['failed tcp tcp.refused no']],
        [`${name} ok`, ['ok yes']],
      ]),
    ),
  );
});
