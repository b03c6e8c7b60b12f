import { once } from 'node:events';
import http2, { type ClientHttp2Session, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { captured } from '../../support/captured.ts';
import { waitFor } from '../../support/wait-for.ts';

const { NGHTTP2_ENHANCE_YOUR_CALM: CALM, NGHTTP2_REFUSED_STREAM: REFUSED } = http2.constants;
const server = http2.createServer();
const sessions: ServerHttp2Session[] = [];
const sockets: Socket[] = [];
beforeAll(async () => {
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/goaway') {
      stream.session?.goaway(CALM);
      stream.session?.destroy();
    }
    if (headers[':path'] === '/hang-up') sockets.at(-1)!.end();
    if (headers[':path'] === '/refused') stream.close(REFUSED);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  for (const session of sessions) session.destroy();
  server.close();
});

async function told(path: string, leave?: (session: ClientHttp2Session) => void) {
  using c = captured();
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  session.on('error', () => {});
  const stream = session.request({ ':path': path });
  stream.on('error', () => {}).end();
  if (leave) setTimeout(() => setImmediate(() => leave(session)), 100);
  await waitFor(() => c.ended.length === 1, 'the end of the call');
  session.destroy();
  expect(c.faults).toEqual([]);
  return { told: c.ended[0]!.told, error: String((c.ended[0]!.outcome.error as Error | undefined)?.message ?? '') };
}

it('tells a GOAWAY of the server as a failure, with its code', async () => {
  const { told: outcome, error } = await told('/goaway');
  expect(outcome).toBe('failed wait http.protocol.error yes');
  expect(error).toMatch(/ENHANCE_YOUR_CALM|code 11/);
});

it('tells a session that the server ends as a failure', async () => {
  expect((await told('/hang-up')).told).toMatch(/^failed wait http\.(response\.closed|protocol\.error) yes$/);
});

it('keeps the code of a stream that the server resets', async () => {
  const { told: outcome, error } = await told('/refused');
  expect(outcome).toBe('failed wait http.protocol.error yes');
  expect(error).toContain('REFUSED_STREAM');
});

it('tells a session that the application destroys as cancelled', async () => {
  expect((await told('/mute', (session) => session.destroy())).told).toBe('cancelled yes');
});
