import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readerFor } from '../../../instrumentation/judge/reader.ts';
import { captured } from '../../support/captured.ts';
import type { StreamCase } from '../../support/streams.ts';
import { ALL_STREAMS } from '../../support/streams-more.ts';
import { waitFor } from '../../support/wait-for.ts';

/** How the answer ends: as it should, left open until the client hangs up, or cut off. */
type End = 'whole' | 'open' | 'cut';
type Client = 'fetch' | 'http' | 'http2';
const CLIENTS: readonly Client[] = ['fetch', 'http', 'http2'];
/** Bytes a piece; small pieces only for what is small, the reader's own test has them all. */
const SPLITS = [7, 64, 1460, 1 << 20];

type Answer = NodeJS.WritableStream & { writeHead(status: number, headers: http.OutgoingHttpHeaders): unknown };
function answer(url: string, response: Answer, cut: () => void): void {
  const query = new URL(url, 'http://x').searchParams;
  const stream = ALL_STREAMS[Number(query.get('stream'))]!;
  const split = Number(query.get('split'));
  response.writeHead(200, { 'content-type': stream.type, ...stream.headers });
  const end = query.get('end') as End;
  // cut once all has left: what is still here when a stream is reset is lost
  const left = () => void (end === 'cut' && setTimeout(cut, 20));
  for (let at = 0; at < stream.bytes.length; at += split) {
    const part = stream.bytes.subarray(at, at + split);
    if (at + split < stream.bytes.length) response.write(part);
    else response.write(part, left);
  }
  if (end === 'whole') response.end();
}

let servers: Server[];
let plain: string;
let two: http2.ClientHttp2Session;
beforeAll(async () => {
  const one = http.createServer((request, response) => answer(request.url!, response, () => response.destroy()));
  const second = http2.createServer((request, response) =>
    answer(request.url, response as unknown as Answer, () =>
      response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
    ),
  );
  // a kept connection must not end while this machine is busy elsewhere
  one.keepAliveTimeout = 0;
  servers = [one, second];
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const [a, b] = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  plain = a!;
  two = http2.connect(b!);
});
afterAll(() => {
  two.destroy();
  for (const server of servers) server.close();
});

/** The bytes and the error as the application gets them; hangs up once it has all of an open answer. */
async function call(
  client: Client,
  path: string,
  length: number,
  end: End,
): Promise<{ length: number; error: unknown }> {
  const aborts = new AbortController();
  let got = 0;
  try {
    for await (const chunk of await open(client, path, aborts.signal)) {
      got += (chunk as Uint8Array).length;
      if (end === 'open' && got === length) aborts.abort();
    }
    return { length: got, error: undefined };
  } catch (error) {
    return { length: got, error };
  }
}

async function open(client: Client, path: string, signal: AbortSignal): Promise<AsyncIterable<unknown>> {
  if (client === 'fetch') return (await fetch(plain + path, { method: 'POST', signal })).body!;
  if (client === 'http') {
    const request = http.request(plain + path, { method: 'POST', signal }).end();
    return (await once(request, 'response'))[0];
  }
  const stream = two.request({ ':path': path, ':method': 'POST' }, { signal });
  stream.end();
  await once(stream, 'response');
  return stream;
}

/** Errors whose owner their reason knows better than their layer. */
const REASON_OF: Readonly<Record<string, string>> = {
  'mcp: tool error': 'mcp.tool_error',
  'anthropic: overloaded in the middle': 'http.overloaded',
  'anthropic: overloaded at once': 'http.overloaded',
  'gemini: error': 'http.overloaded',
  'gemini array: error': 'http.overloaded',
  'responses: error and failed': 'http.no_credit',
};

function expected(stream: StreamCase, client: Client, end: End): string {
  if (stream.says === 'error')
    return `failed ${stream.layer ?? '*'} ${REASON_OF[stream.name] ?? 'http.error_in_success'}`;
  if (end === 'open') return 'cancelled';
  if (end === 'cut') return `failed body ${client === 'http2' ? 'http.protocol.error' : 'http.response.truncated'}`;
  return stream.says === 'good' ? 'ok' : 'failed body http.response.unfinished';
}

describe.each(CLIENTS)('streams through %s', (client) => {
  it.each(['whole', 'open', 'cut'] as const)('%s', async (end) => {
    using c = captured({ readerOf: readerFor });
    const wrong: string[] = [];
    const one = async (index: number, split: number): Promise<void> => {
      const stream = ALL_STREAMS[index]!;
      const path = `${stream.path ?? '/v1/stream'}${stream.path?.includes('?') ? '&' : '?'}stream=${index}&split=${split}&end=${end}`;
      const { length, error } = await call(client, path, stream.bytes.length, end);
      const find = () => c.ended.find(({ url }) => url.endsWith(path));
      if (!find()) await waitFor(() => find() !== undefined, path);
      const { kind, layer, reason, evidence } = find()!.outcome;
      const told = [kind, stream.says === 'error' && !stream.layer ? '*' : layer, reason].filter(Boolean).join(' ');
      const wanted = expected(stream, client, end);
      if (told !== wanted) wrong.push(`${stream.name} by ${split}: ${told}, not ${wanted}`);
      else if (stream.says === 'error' && evidence?.code !== stream.code && (stream.code || stream.layer))
        wrong.push(`${stream.name} by ${split}: code ${evidence?.code}, not ${stream.code}`);
      if (end !== 'cut' && length !== stream.bytes.length) wrong.push(`${stream.name} by ${split}: ${length} bytes`);
      if ((error === undefined) !== (end === 'whole')) wrong.push(`${stream.name} by ${split}: raised ${error}`);
    };
    for (const split of SPLITS) {
      const few = ALL_STREAMS.flatMap(({ bytes }, i) => (split >= 1460 || bytes.length / split <= 60 ? [i] : []));
      await Promise.all(few.map((index) => one(index, split)));
    }
    expect(wrong).toEqual([]);
    expect(c.faults).toEqual([]);
  });
});
