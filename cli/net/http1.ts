import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { type Answer, answerOf, laps, type Outgoing, type State } from './answer.ts';

/** One request over an open connection, HTTP/1.1. */
export async function sendHttp1(
  outgoing: Outgoing,
  socket: NonNullable<ClientRequest['socket']>,
  state: State,
  signal: AbortSignal,
): Promise<Answer> {
  const { url } = outgoing;
  const lap = laps(state);
  const body = outgoing.body === undefined ? undefined : Buffer.from(outgoing.body as string);
  const has = new Set(outgoing.headers.map(([name]) => name.toLowerCase()));
  const usual: (readonly [string, string])[] = [
    ['host', url.host],
    ['accept-encoding', 'identity'],
    ['connection', 'close'],
    ...(body === undefined ? [] : [['content-length', String(body.length)] as const]),
  ];
  const request = httpRequest({
    createConnection: () => socket,
    method: outgoing.method,
    host: url.hostname,
    path: `${url.pathname}${url.search}`,
    headers: [...outgoing.headers, ...usual.filter(([name]) => !has.has(name))].flat(),
  });
  const end = (): void => void request.destroy(signal.reason as Error);
  signal.addEventListener('abort', end, { once: true });
  // A tunnel hands its socket on paused.
  request.once('socket', (connected) => connected.resume());
  request.once('finish', () => {
    state.phase = 'wait';
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('error', reject).once('response', resolve).end(body);
  });
  signal.removeEventListener('abort', end);
  lap('wait');
  const pairs: [string, string][] = [];
  for (let i = 0; i < response.rawHeaders.length; i += 2)
    pairs.push([response.rawHeaders[i]!.toLowerCase(), response.rawHeaders[i + 1]!]);
  signal.addEventListener('abort', () => response.destroy(signal.reason as Error), { once: true });
  const answer = await answerOf(response, response.statusCode ?? 0, pairs, response.httpVersion, state);
  lap('body');
  return answer;
}
