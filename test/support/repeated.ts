import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { request } from 'undici';
import { expect } from 'vitest';
import { fill } from '../../cli/fill.ts';
import { exchange } from '../../cli/net/exchange.ts';
import type { Config } from '../../src/config.ts';
import { curlOf } from '../../src/evidence/curl.ts';
import type { AttributeValue } from '../../src/evidence/read-attributes.ts';
import { recordOf } from '../../src/evidence/record.ts';
import { requestOf } from '../../src/evidence/request.ts';
import { attributesOf, type CallAttributes } from './attributes.ts';
import { captured } from './captured.ts';
import { waitFor } from './wait-for.ts';

/** What the failing provider was asked. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}
// what every client words in its own way, and no provider reads
const OWN = /^(?:host|connection|keep-alive|content-length|accept-encoding|sec-fetch-mode|transfer-encoding|:.*)$/;

/** A provider that refuses every call, over HTTP/1.1 and HTTP/2 without TLS, and remembers what it was asked. */
export async function refusingProvider() {
  const seen: Seen[] = [];
  const sessions = new Set<http2.ServerHttp2Session>();
  const answer = (req: http.IncomingMessage | http2.Http2ServerRequest, res: http.ServerResponse): void => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      const headers = Object.entries(req.headers).filter(([name]) => !OWN.test(name));
      seen.push({ method: req.method!, path: req.url!, headers: Object.fromEntries(headers) as never, body });
      res.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"code":"bad_pear"}}');
    });
  };
  const plain = http.createServer(answer).listen(0, '127.0.0.1');
  const h2 = http2.createServer((req, res) => answer(req, res as never)).listen(0, '127.0.0.1');
  h2.on('session', (session) => sessions.add(session));
  await Promise.all([once(plain, 'listening'), once(h2, 'listening')]);
  const originOf = (server: { address(): unknown }) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    seen,
    origin: originOf(plain),
    h2Origin: originOf(h2),
    close() {
      plain.closeAllConnections();
      plain.close();
      for (const session of sessions) session.destroy();
      h2.close();
    },
  };
}

export const HEADERS = {
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

export type Send = (url: string, body: string | undefined) => Promise<unknown>;
const method = (body: string | undefined) => (body === undefined ? 'GET' : 'POST');
const byHttp: Send = async (url, body) => {
  const req = http.request(url, { method: method(body), headers: HEADERS });
  req.end(body);
  const [res] = (await once(req, 'response')) as [http.IncomingMessage];
  for await (const _ of res);
};
export const CLIENTS: Readonly<Record<string, Send>> = {
  fetch: async (url, body) =>
    (await fetch(url, { method: method(body), headers: HEADERS, ...(body === undefined ? {} : { body }) })).text(),
  'undici.request': async (url, body) =>
    (
      await request(url, { method: method(body), headers: HEADERS, ...(body === undefined ? {} : { body }) })
    ).body.text(),
  'node:http': byHttp,
};

/** The attributes of the one call that failed. */
export async function attributesOfCall(config: Config, run: () => Promise<unknown>): Promise<CallAttributes> {
  let attributes: CallAttributes | undefined;
  using _ = captured(
    { requestBodies: config.captureBodies },
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
export const recordFrom = (attributes: CallAttributes) =>
  recordOf({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    startMs: 0,
    endMs: 1,
    resource: new Map(),
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, first(value!)])),
  })!;

const curlIsHere = spawnSync('curl', ['--version']).status === 0;

/** Runs the curl of the call, and returns its text. Where there is no curl, what it is made from is sent. */
export async function repeat(attributes: CallAttributes, more: Record<string, string> = {}): Promise<string> {
  const template = requestOf(recordFrom(attributes))!;
  const { command } = curlOf(template);
  expect(command).not.toContain('secret-of-the-app');
  const env = { ...SET, ...more };
  if (curlIsHere) {
    await promisify(execFile)('sh', ['-c', command], { env: { PATH: process.env['PATH'], ...env } });
    return command;
  }
  console.info('no curl here: its request is sent by faultlayer itself');
  const filled = fill(template, env);
  const body = template.bodyFromFile ? readFileSync(env['BODY_FILE' as never], 'utf8') : filled.body;
  await exchange({ ...filled, body, url: new URL(filled.url) }, { allowPrivate: true });
  return command;
}
