import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { heldBytes } from '../../instrumentation/capture/body.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { curlOf } from '../../src/evidence/curl.ts';
import type { AttributeValue } from '../../src/evidence/facts.ts';
import { recordOf } from '../../src/evidence/record.ts';
import { requestOf } from '../../src/evidence/request.ts';
import { attributesOf, type CallAttributes } from '../support/attributes.ts';
import { captured } from '../support/captured.ts';
import { freePort } from '../support/free-port.ts';
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
const recordFrom = (attributes: CallAttributes) =>
  recordOf({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    startMs: 0,
    endMs: 1,
    resource: new Map(),
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, first(value!)])),
  })!;

async function repeat(attributes: CallAttributes, more: Record<string, string> = {}): Promise<string> {
  const { command } = curlOf(requestOf(recordFrom(attributes))!);
  expect(command).not.toContain('secret-of-the-app');
  await promisify(execFile)('sh', ['-c', command], { env: { PATH: process.env['PATH'], ...SET, ...more } });
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

describe('request bodies', () => {
  const on = loadConfig({ FAULTLAYER_CAPTURE_BODIES: 'true' }).config;
  const url = () => `http://127.0.0.1:${port}/v1/pears`;
  const BODY = '{"kind":"conference","quantity":3,"note":"größe"}';
  const post = (init: RequestInit & { duplex?: 'half' }) => async () =>
    (await fetch(url(), { method: 'POST', headers: { 'content-type': 'application/json' }, ...init })).text();
  const bodyOf = async (run: () => Promise<unknown>, config = on) =>
    (await attributesOfCall(config, run))['http.request.body.content'];

  it.each(Object.keys(CLIENTS))('are repeated by the curl of a failed POST by %s, byte for byte', async (client) => {
    const attributes = await attributesOfCall(on, () => CLIENTS[client]!(url(), BODY));
    await repeat(attributes);
    expect(seen.map(({ body }) => body)).toEqual([BODY, BODY]);
    expect(seen[1]).toEqual(seen[0]);
  });

  it.each(Object.keys(CLIENTS))('are not on the span of %s unless switched on', async (client) => {
    const attributes = await attributesOfCall(loadConfig({}).config, () => CLIENTS[client]!(url(), BODY));
    expect(attributes).not.toHaveProperty(['http.request.body.content']);
    expect(attributes).not.toHaveProperty(['http.response.body.content']);
    expect(seen[0]!.body).toBe(BODY);
  });

  it('are seen whatever they were given as', async () => {
    const bytes = new TextEncoder().encode(BODY);
    const stream = () => new Blob([bytes]).stream();
    expect(await bodyOf(post({ body: bytes }))).toBe(BODY);
    expect(await bodyOf(post({ body: new Blob([bytes]) }))).toBe(BODY);
    expect(await bodyOf(post({ body: stream(), duplex: 'half' }))).toBe(BODY);
    expect(await bodyOf(async () => (await fetch(new Request(url(), { method: 'POST', body: BODY }))).text())).toBe(
      BODY,
    );
    const form = new URLSearchParams({ kind: 'conference', password: 'hunter2' });
    expect(await bodyOf(post({ body: form, headers: {} }))).toBe('kind=conference&password=[secret]');
    expect(
      await bodyOf(async () =>
        (await request(url(), { method: 'POST', body: Readable.from([BODY.slice(0, 9), BODY.slice(9)]) })).body.text(),
      ),
    ).toBe(BODY);
    expect(
      await bodyOf(async () => {
        const req = http.request(url(), { method: 'POST' });
        req.write(BODY.slice(0, 9), () => {});
        req.write(Buffer.from(BODY.slice(9)).toString('base64'), 'base64');
        req.end();
        const [res] = (await once(req, 'response')) as [http.IncomingMessage];
        for await (const _ of res);
      }),
    ).toBe(BODY);
    expect(seen.slice(0, 4).map(({ body }) => body)).toEqual([BODY, BODY, BODY, BODY]);
    expect(seen.at(-1)!.body).toBe(BODY);
  });

  it('are seen on node:http2', async () => {
    const session = http2.connect(`http://127.0.0.1:${h2port}`);
    const body = await bodyOf(async () => {
      const stream = session.request({ ':path': '/v1/pears', ':method': 'POST' });
      stream.resume();
      stream.write(BODY.slice(0, 9));
      stream.end(BODY.slice(9));
      await once(stream, 'close');
    });
    session.destroy();
    expect(body).toBe(BODY);
  });

  it('are known of calls that never left', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}/v1/pears`;
    const refused = [
      async () => fetch(nobody, { method: 'POST', body: BODY }).catch(() => {}),
      async () => request(nobody, { method: 'POST', body: BODY }).catch(() => {}),
      async () => {
        const req = http.request(nobody, { method: 'POST' });
        req.end(BODY);
        await once(req, 'error').catch(() => {});
      },
    ];
    for (const run of refused) expect(await bodyOf(run)).toBe(BODY);
  });

  it('have no content coding, and are redacted', async () => {
    const secret = '{"password":"hunter2","note":"mail lee@orchard.example","n":1}';
    const coded = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const attributes = await attributesOfCall(on, post({ body: gzipSync(secret), headers: coded }));
    expect(attributes['http.request.body.content']).toBe('{"password":"[secret]","note":"mail [email]","n":1}');
    expect(await repeat(attributes)).not.toContain('content-encoding');
  });

  it('end at 16 KiB, say so, and the curl asks for a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultlayer-body-'));
    try {
      const long = JSON.stringify({ kind: 'conference', list: Array.from({ length: 4000 }, (_, i) => i + 1e6) });
      const attributes = await attributesOfCall(on, post({ body: long }));
      expect(attributes['api.request.body_truncated']).toBe(true);
      const kept = attributes['http.request.body.content'] as string;
      expect(kept.length).toBeLessThanOrEqual(16_384);
      expect(JSON.parse(kept)).toMatchObject({ kind: 'conference' });
      writeFileSync(join(folder, 'body.json'), long);
      const command = await repeat(attributes, { BODY_FILE: join(folder, 'body.json') });
      expect(command).toContain('--data-binary \'@\'"$BODY_FILE"');
      expect(seen.map(({ body }) => body)).toEqual([long, long]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('that are not text are not kept', async () => {
    const image = { body: new Uint8Array(64), headers: { 'content-type': 'image/png' } };
    expect(await bodyOf(post(image))).toBeUndefined();
  });

  it('of many calls are given back when the calls end', async () => {
    const before = heldBytes();
    using _ = captured({ requestBodies: true });
    const body = JSON.stringify({ text: 'x '.repeat(20_000) });
    await Promise.all(Array.from({ length: 50 }, () => post({ body })()));
    await waitFor(() => heldBytes() === before, 'the bodies to be given back');
  });

  it('leave ClientRequest as it was when capture stops', async () => {
    const prototype = http.ClientRequest.prototype;
    const before = Object.getOwnPropertyNames(prototype);
    {
      using _ = captured({ requestBodies: true });
      expect([prototype.write.name, prototype.write.length]).toEqual(['write', 3]);
      expect([prototype.end.name, prototype.end.length]).toEqual(['end', 3]);
    }
    expect(Object.getOwnPropertyNames(prototype)).toEqual(before);
    {
      using _ = captured();
      expect(Object.getOwnPropertyNames(prototype)).toEqual(before);
    }
  });
});
