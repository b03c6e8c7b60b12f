import http from 'node:http';
import http2 from 'node:http2';
import { pairOf } from './servers.ts';
import type { StreamCase } from './streams.ts';
import { ALL_STREAMS } from './streams-more.ts';

/** How the answer ends: as it should, left open until the client hangs up, or cut off. */
export type End = 'whole' | 'open' | 'cut';
export type Client = 'fetch' | 'http' | 'http2';
export const CLIENTS: readonly Client[] = ['fetch', 'http', 'http2'];
/** Bytes a piece; small pieces only for what is small, the reader's own test has them all. */
export const SPLITS = [7, 64, 1460, 1 << 20];

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

/** Servers of HTTP/1 and HTTP/2 that answer with the streams of {@link ALL_STREAMS}. */
export async function streamServers() {
  const one = http.createServer((request, response) => answer(request.url!, response, () => response.destroy()));
  const two = http2.createServer((request, response) =>
    answer(request.url, response as unknown as Answer, () =>
      response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
    ),
  );
  // a kept connection must not end while this machine is busy elsewhere
  one.keepAliveTimeout = 0;
  const { one: first, two: second, close } = await pairOf(one, two);
  return { one: `http://${first}`, two: `http://${second}`, close };
}

/** Where one of the streams is answered. */
export const streamPath = (index: number, split: number, end: End): string => {
  const path = ALL_STREAMS[index]!.path ?? '/v1/stream';
  return `${path}${path.includes('?') ? '&' : '?'}stream=${index}&split=${split}&end=${end}`;
};

/** Small pieces are only for what is small: the reader's own test has them all. */
export const splits = ({ bytes }: StreamCase, split: number): boolean => split >= 1460 || bytes.length / split <= 60;

/** Errors whose owner their reason knows better than their layer. */
const REASON_OF: Readonly<Record<string, string>> = {
  'mcp: tool error': 'mcp.tool_error',
  'anthropic: overloaded in the middle': 'http.overloaded',
  'anthropic: overloaded at once': 'http.overloaded',
  'gemini: error': 'http.overloaded',
  'gemini array: error': 'http.overloaded',
  'responses: error and failed': 'http.no_credit',
  'mistral: chat': 'http.overloaded',
  'cloudflare workers ai': 'http.overloaded',
  moonshot: 'http.overloaded',
};

/** What is told of a stream through a client, by how it ended: kind, layer and reason. */
export function expected(stream: StreamCase, client: Client, end: End): string {
  if (stream.says === 'error')
    return `failed ${stream.layer ?? 'payload'} ${REASON_OF[stream.name] ?? 'http.error_in_success'}`;
  if (end === 'open') return 'cancelled';
  if (end === 'cut') return `failed body ${client === 'http2' ? 'http.protocol.error' : 'http.response.truncated'}`;
  return stream.says === 'good' ? 'ok' : 'failed body http.response.unfinished';
}
