import { once } from 'node:events';
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
