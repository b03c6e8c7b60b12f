import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  Agent,
  type Dispatcher,
  getGlobalDispatcher,
  interceptors,
  MockAgent,
  request,
  setGlobalDispatcher,
} from 'undici';
import { expect, it } from 'vitest';
import { attributesOf } from '../../../support/attributes.ts';
import { captured } from '../../../support/captured.ts';
import { httpServer } from '../../../support/servers.ts';
import { waitFor } from '../../../support/wait-for.ts';

it('mocks, and interceptors that refuse by themselves, make no call', async () => {
  using calls = captured();
  const before = getGlobalDispatcher();
  const mock = new MockAgent();
  mock.disableNetConnect();
  mock.get('http://api.test').intercept({ path: '/broken' }).replyWithError(new Error('boom'));
  setGlobalDispatcher(mock);
  try {
    await expect(fetch('http://api.test/broken')).rejects.toThrow('fetch failed');
    await expect(fetch('http://api.test/unknown')).rejects.toThrow('fetch failed');
    const open: Dispatcher.DispatcherComposeInterceptor = () => (_options, _handler) => {
      throw new Error('the breaker is open');
    };
    setGlobalDispatcher(new Agent().compose(open));
    await expect(fetch('http://api.test/open')).rejects.toThrow('fetch failed');
    // what undici itself refuses is one
    await expect(fetch('http://api.test:1/blocked')).rejects.toThrow('fetch failed');
    await expect(fetch('about:blank')).rejects.toThrow('fetch failed');
  } finally {
    setGlobalDispatcher(before);
  }
  await waitFor(() => calls.ended.length > 1, 'the refusals');
  const told = ['failed client client.port_blocked no', 'failed client client.invalid_url no'];
  expect(calls.ended.map((call) => call.told)).toEqual(told);
});

it.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
])('reads an error that the decompress interceptor unpacks, %s', async (coding, pack) => {
  await using provider = await httpServer((_, res) =>
    res
      .writeHead(400, { 'content-type': 'application/json', 'content-encoding': coding })
      .end(pack('{"error":{"code":"no_such_pear"}}')),
  );
  const codes: unknown[] = [];
  using calls = captured({}, { end: (call, outcome) => codes.push(attributesOf(call, outcome)['api.provider.code']) });
  const dispatcher = new Agent().compose(interceptors.decompress({ skipErrorResponses: false }));
  const answer = await request(`http://127.0.0.1:${provider.port}/`, { dispatcher });
  expect(await answer.body.json()).toEqual({ error: { code: 'no_such_pear' } });
  await waitFor(() => calls.ended.length === 1, 'the call');
  expect(codes).toEqual(['no_such_pear']);
  await dispatcher.close();
});
