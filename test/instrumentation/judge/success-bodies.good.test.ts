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
const BATCH = '[{"ErrorCode":0,"Message":"OK"},{"ErrorCode":406,"Message":"The recipient is inactive."}]';
const server = http.createServer((request, response) => {
  request.resume();
  const [, name, value] = /^\/verdict\/([^/]+)\/(.+)/.exec(request.url!) ?? [];
  const headers = name === undefined ? {} : { [name]: value };
  response
    .writeHead(200, { 'content-type': 'application/json', ...headers })
    .end(request.url === '/email/batch' ? BATCH : BODY);
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
  const { told: said, outcome } = c.ended[0]!;
  const { code, batch } = outcome.evidence ?? {};
  return [said, code, batch?.failed].filter((one) => one !== undefined).join(' ');
}

limit('failures in good answers of hosts nobody named', async () => {
  expect(await told('/basket', 'GET', [])).toBe('ok yes');
});

// a POST that is answered with JSON has a reader of JSON-RPC as well
it.each(['GET', 'POST'])('tells failures in good answers to a %s of a host that was named', async (method) => {
  expect(await told('/basket', method, ['127.0.0.1'])).toBe('failed payload http.error_in_success yes basket_full');
});

it.each([
  ['grpc-status', '7', 'auth', ' 7'],
  ['x-clickhouse-exception-code', '60', 'payload', ' 60'],
  ['x-amz-function-error', 'Unhandled', 'payload', ''],
  ['x-amzn-errortype', 'ThrottlingException', 'throttling', ' ThrottlingException'],
])('tells what %s says, although the body is not read', async (name, value, layer, code) => {
  expect(await told(`/verdict/${name}/${value}`, 'GET', [])).toBe(`failed ${layer} http.error_in_success yes${code}`);
});

limit('codes that are statuses, too', async () => {
  expect(await told('/email/batch', 'POST', [])).toBe('failed payload http.error_in_success yes 1');
});
