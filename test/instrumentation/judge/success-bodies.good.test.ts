import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readerFor } from '../../../instrumentation/judge/reader.ts';
import { successBodies } from '../../../instrumentation/judge/success-bodies.ts';
import { captured } from '../../support/captured.ts';
import { limit } from '../../support/limits.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A failure as many report it, and as nobody's media type says. */
const BODY = '{"ok":false,"error":"basket_full"}';
let base = '';
const server = http.createServer((request, response) => {
  request.resume();
  const headers = request.url === '/verdict' ? { 'x-clickhouse-exception-code': '60' } : {};
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(BODY);
});
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function told(path: string, method: string, hosts: readonly string[]): Promise<string> {
  using c = captured({ readerOf: readerFor, readsSuccessBodies: successBodies(new Set(hosts)) });
  await (await fetch(base + path, { method })).text();
  await waitFor(() => c.ended.length === 1, 'the call');
  return c.ended[0]!.told;
}

limit('failures in good answers of hosts nobody named', async () => {
  expect(await told('/basket', 'GET', [])).toBe('ok yes');
});

// a POST that is answered with JSON has a reader of JSON-RPC as well
it.each(['GET', 'POST'])('tells failures in good answers to a %s of a host that was named', async (method) => {
  expect(await told('/basket', method, ['127.0.0.1'])).toBe('failed payload http.error_in_success yes');
});

it('tells what a header says, although the body is not read', async () => {
  expect(await told('/verdict', 'GET', [])).toBe('failed payload http.error_in_success yes');
});
