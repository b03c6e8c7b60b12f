import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { readerFor } from '../../../instrumentation/judge/reader.ts';
import { captured } from '../../support/captured.ts';
import { httpServer } from '../../support/servers.ts';
import { waitFor } from '../../support/wait-for.ts';

/** What stands behind an answer by its path, and what is told of it. */
const TRAILERS: Readonly<Record<string, readonly [trailers: Record<string, string>, told: string, code?: string]>> = {
  '/good': [{ 'grpc-status': '0' }, 'ok yes'],
  '/failed': [{ 'grpc-status': '8' }, 'failed throttling http.error_in_success yes', '8'],
  // Kubo: the command failed once its answer had begun (go-ipfs-cmds, http/responseemitter.go)
  '/api/v0/cat': [{ 'X-Stream-Error': 'context deadline exceeded' }, 'failed payload http.error_in_success yes'],
  '/json': [
    { 'x-error': '{"error":{"code":"server_error","message":"no"}}' },
    'failed service http.error_in_success yes',
    'server_error',
  ],
  '/code': [{ 'x-stream-error-code': 'QuotaExceeded' }, 'failed throttling http.error_in_success yes', 'QuotaExceeded'],
  '/none': [{ 'x-stream-error': '' }, 'ok yes'],
  '/zero': [{ 'x-error': '0', 'x-exception': 'none', 'x-stream-error': 'false' }, 'ok yes'],
  '/other': [{ 'x-error-count': '3', 'server-timing': 'error;dur=1', digest: 'sha-256=error' }, 'ok yes'],
};
const server = await httpServer((request, response) => {
  const [trailers] = TRAILERS[request.url!]!;
  response.writeHead(200, { 'content-type': 'application/json', trailer: Object.keys(trailers).join(', ') });
  response.write('{"a":1}');
  response.addTrailers(trailers);
  response.end();
});
const base = `http://127.0.0.1:${server.port}`;
afterAll(() => server[Symbol.asyncDispose]());

const CLIENTS = {
  fetch: async (url: string) => void (await (await fetch(url)).text()),
  async http(url: string) {
    const [response] = (await once(http.get(url, { agent: false }), 'response')) as [IncomingMessage];
    for await (const _ of response);
  },
} as const;

describe.each(['fetch', 'http'] as const)('trailers of HTTP/1, %s', (client) => {
  it.each(Object.entries(TRAILERS))('%s', async (path, [, told, code]) => {
    using c = captured({ readerOf: readerFor });
    await CLIENTS[client](base + path);
    await waitFor(() => c.ended.length === 1, 'the call');
    expect([c.ended[0]!.told, c.ended[0]!.outcome.evidence?.code]).toEqual([told, code]);
  });
});
