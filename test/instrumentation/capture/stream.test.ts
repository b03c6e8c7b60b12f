import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readerFor } from '../../../instrumentation/judge/reader.ts';
import { captured } from '../../support/captured.ts';
import {
  CLIENTS,
  type Client,
  type End,
  expected,
  SPLITS,
  splits,
  streamPath,
  streamServers,
} from '../../support/stream-answers.ts';
import { ALL_STREAMS } from '../../support/streams-more.ts';
import { waitFor } from '../../support/wait-for.ts';

let servers: Awaited<ReturnType<typeof streamServers>>;
let plain: string;
let two: http2.ClientHttp2Session;
beforeAll(async () => {
  servers = await streamServers();
  plain = servers.one;
  two = http2.connect(servers.two);
});
afterAll(() => {
  two.destroy();
  return servers.close();
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

describe.each(CLIENTS)('streams through %s', (client) => {
  it.each(['whole', 'open', 'cut'] as const)('%s', async (end) => {
    using c = captured({ readerOf: readerFor });
    const wrong: string[] = [];
    const one = async (index: number, split: number): Promise<void> => {
      const stream = ALL_STREAMS[index]!;
      const path = streamPath(index, split, end);
      const { length, error } = await call(client, path, stream.bytes.length, end);
      const find = () => c.ended.find(({ url }) => url.endsWith(path));
      if (!find()) await waitFor(() => find() !== undefined, path);
      const { kind, layer, reason, evidence } = find()!.outcome;
      const told = [kind, layer, reason].filter(Boolean).join(' ');
      const wanted = expected(stream, client, end);
      if (told !== wanted) wrong.push(`${stream.name} by ${split}: ${told}, not ${wanted}`);
      else if (stream.says === 'error' && evidence?.code !== stream.code)
        wrong.push(`${stream.name} by ${split}: code ${evidence?.code}, not ${stream.code}`);
      if (end !== 'cut' && length !== stream.bytes.length) wrong.push(`${stream.name} by ${split}: ${length} bytes`);
      if ((error === undefined) !== (end === 'whole')) wrong.push(`${stream.name} by ${split}: raised ${error}`);
    };
    for (const split of SPLITS) {
      const few = ALL_STREAMS.flatMap((stream, i) => (splits(stream, split) ? [i] : []));
      await Promise.all(few.map((index) => one(index, split)));
    }
    expect(wrong).toEqual([]);
    expect(c.faults).toEqual([]);
  });
});
