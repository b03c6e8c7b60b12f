import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { readerFor } from '../../../instrumentation/judge/reader.ts';
import { captured } from '../../support/captured.ts';
import { httpServer } from '../../support/servers.ts';
import { chat } from '../../support/streams.ts';
import { waitFor } from '../../support/wait-for.ts';

const BIG = chat('x'.repeat(1000)).repeat(4000);
const PAUSE_MS = 3500;
let handle: (response: ServerResponse) => unknown;
const server = await httpServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  handle(response);
});
const url = `http://127.0.0.1:${server.port}`;
afterAll(() => server[Symbol.asyncDispose]());

/** Reads an answer of `node:http`, and pauses after its first piece. */
async function read(): Promise<{ bytes: number; error: string | undefined }> {
  const [response] = (await once(http.get(url, { agent: false }), 'response')) as [IncomingMessage];
  let bytes = 0;
  let isPaused = false;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (isPaused) return;
    isPaused = true;
    response.pause();
    setTimeout(() => response.resume(), PAUSE_MS);
  });
  return new Promise((resolve) => {
    response.on('error', ({ code }: NodeJS.ErrnoException) => resolve({ bytes, error: code }));
    response.on('end', () => resolve({ bytes, error: undefined }));
  });
}

/** What was told of one call, what its application got, and the longest silence. */
async function told() {
  let gapMs = Number.NaN;
  using c = captured(
    { readerOf: readerFor },
    {
      end({ streamed }) {
        gapMs = streamed!.gapMs;
      },
    },
  );
  const got = await read();
  await waitFor(() => c.ended.length === 1, 'the call');
  expect(c.faults).toEqual([]);
  return { ...got, told: c.ended[0]!.told, gapMs };
}

it('a response that pauses is no silence of the provider', async () => {
  handle = (response) => response.end(BIG + chat('', 'stop'));
  const { gapMs, ...rest } = await told();
  expect(rest).toEqual({ bytes: BIG.length + chat('', 'stop').length, error: undefined, told: 'ok yes' });
  expect(gapMs).toBeLessThan(2000);
});

it('a provider that is silent while the response pauses is one that was silent', async () => {
  handle = async (response) => {
    response.write(chat('a'));
    await sleep(PAUSE_MS + 500);
    response.end(chat('', 'stop'));
  };
  const { gapMs, ...rest } = await told();
  expect(rest).toMatchObject({ error: undefined, told: 'ok yes' });
  expect(gapMs).toBeGreaterThan(PAUSE_MS);
});

it('a failure after the pause is told, be it an event or a cut', async () => {
  const failed = 'data: {"error":{"code":"server_error","message":"no"}}\n\n';
  handle = (response) => response.end(BIG + failed);
  expect(await told()).toMatchObject({ error: undefined, told: 'failed service http.error_in_success yes' });
  handle = async (response) => {
    response.write(BIG);
    await sleep(PAUSE_MS / 2);
    response.destroy();
  };
  expect(await told()).toMatchObject({ error: 'ECONNRESET', told: 'failed body http.response.truncated yes' });
});
