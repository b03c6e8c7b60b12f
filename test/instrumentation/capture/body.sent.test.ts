import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { heldBytes } from '../../../instrumentation/capture/body.ts';
import { loadConfig } from '../../../src/config.ts';
import { captured } from '../../support/captured.ts';
import { freePort } from '../../support/free-port.ts';
import { attributesOfCall, CLIENTS, refusingProvider, repeat } from '../../support/repeated.ts';
import { waitFor } from '../../support/wait-for.ts';

let provider: Awaited<ReturnType<typeof refusingProvider>>;
beforeAll(async () => {
  provider = await refusingProvider();
});
afterAll(() => provider.close());
beforeEach(() => void provider.seen.splice(0));

describe('request bodies', () => {
  const on = loadConfig({ FAULTLAYER_CAPTURE_BODIES: 'true' }).config;
  const url = () => `${provider.origin}/v1/pears`;
  const BODY = '{"kind":"conference","quantity":3,"note":"größe"}';
  const post = (init: RequestInit & { duplex?: 'half' }) => async () =>
    (await fetch(url(), { method: 'POST', headers: { 'content-type': 'application/json' }, ...init })).text();
  const bodyOf = async (run: () => Promise<unknown>, config = on) =>
    (await attributesOfCall(config, run))['http.request.body.content'];

  it.each(Object.keys(CLIENTS))('are repeated by the curl of a failed POST by %s, byte for byte', async (client) => {
    const attributes = await attributesOfCall(on, () => CLIENTS[client]!(url(), BODY));
    await repeat(attributes);
    expect(provider.seen.map(({ body }) => body)).toEqual([BODY, BODY]);
    expect(provider.seen[1]).toEqual(provider.seen[0]);
  });

  it.each(Object.keys(CLIENTS))('are not on the span of %s unless switched on', async (client) => {
    const attributes = await attributesOfCall(loadConfig({}).config, () => CLIENTS[client]!(url(), BODY));
    expect(attributes).not.toHaveProperty(['http.request.body.content']);
    expect(attributes).not.toHaveProperty(['http.response.body.content']);
    expect(provider.seen[0]!.body).toBe(BODY);
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
    expect(provider.seen.slice(0, 4).map(({ body }) => body)).toEqual([BODY, BODY, BODY, BODY]);
    expect(provider.seen.at(-1)!.body).toBe(BODY);
  });

  it('are seen on node:http2', async () => {
    const session = http2.connect(provider.h2Origin);
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
      expect(provider.seen.map(({ body }) => body)).toEqual([long, long]);
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
  });
});
