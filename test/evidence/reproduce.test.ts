import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { attributesOf, type CallAttributes } from '../../instrumentation/attributes/index.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { curlOf } from '../../src/evidence/curl.ts';
import type { AttributeValue } from '../../src/evidence/facts.ts';
import { recordOf } from '../../src/evidence/record.ts';
import { requestOf } from '../../src/evidence/request.ts';
import { captured } from '../support/captured.ts';
import { waitFor } from '../support/wait-for.ts';

/** A call of each client fails, and the curl made from its span's attributes makes the same request again. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}
const seen: Seen[] = [];
const sessions = new Set<http2.ServerHttp2Session>();
// what every client words in its own way, and no provider reads
const OWN = /^(?:host|connection|keep-alive|content-length|accept-encoding|sec-fetch-mode|transfer-encoding|:.*)$/;

function answer(req: http.IncomingMessage | http2.Http2ServerRequest, res: http.ServerResponse): void {
  let body = '';
  req.on('data', (chunk: Buffer) => (body += chunk.toString()));
  req.on('end', () => {
    const headers = Object.entries(req.headers).filter(([name]) => !OWN.test(name));
    seen.push({ method: req.method!, path: req.url!, headers: Object.fromEntries(headers) as never, body });
    res.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"code":"bad_pear"}}');
  });
}
const plain = http.createServer(answer);
const h2 = http2.createServer((req, res) => answer(req, res as never));
let port = 0;
let h2port = 0;
beforeAll(async () => {
  h2.on('session', (session) => sessions.add(session));
  plain.listen(0, '127.0.0.1');
  h2.listen(0, '127.0.0.1');
  await Promise.all([once(plain, 'listening'), once(h2, 'listening')]);
  port = (plain.address() as AddressInfo).port;
  h2port = (h2.address() as AddressInfo).port;
});
afterAll(() => {
  plain.closeAllConnections();
  plain.close();
  for (const session of sessions) session.destroy();
  h2.close();
});
beforeEach(() => void seen.splice(0));

const HEADERS = {
  accept: 'application/json',
  'accept-language': 'en',
  'anthropic-version': '2023-06-01',
  authorization: 'Bearer secret-of-the-app',
  'content-type': 'application/json; charset=utf-8',
  'idempotency-key': 'order-1234',
  'user-agent': 'orchard/2.1',
  'x-tenant': '42',
};
/** What the person who pastes the curl sets. */
const SET = { API_TOKEN: 'secret-of-the-app', IDEMPOTENCY_KEY: 'order-1234', X_TENANT: '42' };

type Send = (url: string, body: string | undefined) => Promise<unknown>;
const method = (body: string | undefined) => (body === undefined ? 'GET' : 'POST');
const byHttp: Send = async (url, body) => {
  const req = http.request(url, { method: method(body), headers: HEADERS });
  req.end(body);
  const [res] = (await once(req, 'response')) as [http.IncomingMessage];
  for await (const _ of res);
};
const CLIENTS: Readonly<Record<string, Send>> = {
  fetch: async (url, body) =>
    (await fetch(url, { method: method(body), headers: HEADERS, ...(body === undefined ? {} : { body }) })).text(),
  'undici.request': async (url, body) =>
    (
      await request(url, { method: method(body), headers: HEADERS, ...(body === undefined ? {} : { body }) })
    ).body.text(),
  'node:http': byHttp,
};

/** The attributes of the one call that failed. */
async function attributesOfCall(config: Config, run: () => Promise<unknown>): Promise<CallAttributes> {
  let attributes: CallAttributes | undefined;
  using _ = captured(
    {},
    {
      end(call, outcome) {
        attributes = attributesOf(call, outcome, config);
      },
    },
  );
  await run();
  await waitFor(() => attributes !== undefined, 'the end of the call');
  return attributes!;
}
const first = (value: AttributeValue | readonly string[]): AttributeValue =>
  typeof value === 'object' ? (value[0] ?? '') : value;
const recordFrom = (attributes: CallAttributes) =>
  recordOf({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    startMs: 0,
    endMs: 1,
    resource: new Map(),
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, first(value!)])),
  })!;

async function repeat(attributes: CallAttributes): Promise<string> {
  const { command } = curlOf(requestOf(recordFrom(attributes))!);
  expect(command).not.toContain('secret-of-the-app');
  await promisify(execFile)('sh', ['-c', command], { env: { PATH: process.env['PATH'], ...SET } });
  return command;
}

it.each(Object.keys(CLIENTS))('a failed GET by %s is repeated by its curl, header for header', async (client) => {
  const path = '/v1/pears?ripe=yes';
  const attributes = await attributesOfCall(loadConfig({}).config, () =>
    CLIENTS[client]!(`http://127.0.0.1:${port}${path}`, undefined),
  );
  await repeat(attributes);
  expect(seen).toHaveLength(2);
  expect(seen[0]!.headers).toMatchObject(HEADERS);
  expect(seen[1]).toEqual(seen[0]);
});

it('the headers of a node:http2 call are recorded too', async () => {
  const session = http2.connect(`http://127.0.0.1:${h2port}`);
  const attributes = await attributesOfCall(loadConfig({}).config, async () => {
    const stream = session.request({ ':path': '/v1/pears', ...HEADERS });
    stream.resume();
    await once(stream, 'close');
  });
  session.destroy();
  const { headers } = recordFrom(attributes);
  const { authorization, ...others } = HEADERS;
  expect(Object.fromEntries(headers)).toEqual({ ...others, 'idempotency-key': 'REDACTED', 'x-tenant': 'REDACTED' });
});
