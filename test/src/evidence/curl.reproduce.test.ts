import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { attributesOfCall, CLIENTS, HEADERS, recordFrom, refusingProvider, repeat } from '../../support/repeated.ts';

// A call of each client fails, and the curl made from its span's attributes makes the same request again.
let provider: Awaited<ReturnType<typeof refusingProvider>>;
beforeAll(async () => {
  provider = await refusingProvider();
});
afterAll(() => provider.close());
beforeEach(() => void provider.seen.splice(0));

it.each(Object.keys(CLIENTS))('a failed GET by %s is repeated by its curl, header for header', async (client) => {
  const path = '/v1/pears?ripe=yes';
  const attributes = await attributesOfCall(loadConfig({}).config, () =>
    CLIENTS[client]!(`${provider.origin}${path}`, undefined),
  );
  await repeat(attributes);
  expect(provider.seen).toHaveLength(2);
  expect(provider.seen[0]!.headers).toMatchObject(HEADERS);
  expect(provider.seen[1]).toEqual(provider.seen[0]);
});

it('a request that waited for leave to send its body waits again', async () => {
  const attributes = await attributesOfCall(loadConfig({}).config, async () => {
    const headers = { ...HEADERS, expect: '100-continue' };
    const req = http.request(`${provider.origin}/v1/pears`, { method: 'PUT', headers });
    req.on('continue', () => req.end('{}')).flushHeaders();
    const [res] = (await once(req, 'response')) as [http.IncomingMessage];
    for await (const _ of res);
  });
  expect(attributes['http.request.header.expect']).toEqual(['100-continue']);
  expect(await repeat(attributes)).toContain("'expect: 100-continue'");
  expect(provider.seen.map(({ headers }) => headers['expect'])).toEqual(['100-continue', '100-continue']);
});

it('the headers of a node:http2 call are recorded too', async () => {
  const session = http2.connect(provider.h2Origin);
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

/** Objects as the providers' own documentation names them: the ID is what the 404 is about. */
const OBJECTS = [
  '/v1/payment_intents/pi_3MtwBwLkdIwHu7ix28a3tqPa',
  '/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15/refunds?limit=3',
  '/v1/files/file-abc123def456ghi789jkl0mn',
  '/v1/threads/thread_v7V4csrNOxtNmgcwGg496Smx/messages',
  '/v1/messages/batches/msgbatch_013Zva2CMHLNnXjNJJKqJ2EF',
  '/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages/SM1f0e8ae6ade43cb3c0ce4525424e404f.json',
  '/repos/octocat/hello-world/commits/6dcb09b5b57875f334f61aebed695e2e4193db5e',
  '/admin/api/2024-10/products/632910392.json',
  '/v1/pages/b55c9c91384d452b81dbd1ef79372b75',
  '/v2/checkout/orders/5O190127TN364715T',
  '/v2/payments/R2B3Z8WMVt3EAmzYWLZvz7Y69EbZY',
  '/drive/v3/files/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms',
  '/v13.0/deployments/dpl_89qyp1cskzkLrVicDaZoDbjyHuDJ',
  '/v1/users/user_2g7np7Hrk0SN6kj5EDMLDaKNL0S',
  '/v1/orders/3fa85f64-5717-4562-b3fc-2c963f66afa6',
];
it.each(OBJECTS)('%s is asked for by its own ID again', async (path) => {
  const attributes = await attributesOfCall(loadConfig({}).config, () =>
    CLIENTS['fetch']!(`${provider.origin}${path}`, undefined),
  );
  await repeat(attributes);
  expect(provider.seen.map((seen) => seen.path)).toEqual([path, path]);
});
