import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { afterAll, expect, it } from 'vitest';
import { readerFor } from '../../../instrumentation/judge/reader.ts';
import { captured } from '../../support/captured.ts';
import { httpServer } from '../../support/servers.ts';
import { waitFor } from '../../support/wait-for.ts';

const server = await httpServer((request, response) => {
  const status = request.url === '/good' ? '0' : '8';
  response.writeHead(200, { 'content-type': 'application/json', trailer: 'grpc-status' });
  response.write('{"a":1}');
  response.addTrailers({ 'grpc-status': status });
  response.end();
});
const base = `http://127.0.0.1:${server.port}`;
afterAll(() => server[Symbol.asyncDispose]());

const CLIENTS = {
  fetch: async (url: string) => void (await (await fetch(url)).text()),
  async http(url: string) {
    const [response] = (await once(http.get(url), 'response')) as [IncomingMessage];
    for await (const _ of response);
  },
} as const;

it.each(['fetch', 'http'] as const)('a status in the trailers of HTTP/1, %s', async (client) => {
  using c = captured({ readerOf: readerFor });
  for (const path of ['/good', '/failed']) await CLIENTS[client](base + path);
  await waitFor(() => c.ended.length === 2, 'both calls');
  expect(c.ended.map(({ told }) => told)).toEqual(['ok yes', 'failed throttling http.error_in_success yes']);
  expect(c.ended[1]!.outcome.evidence?.code).toBe('8');
});
