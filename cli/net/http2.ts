import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { type Answer, answerOf, laps, type Outgoing, type State } from './answer.ts';

/** Headers of the connection, which HTTP/2 has in its frames (RFC 9113 §8.2.2). */
const HOP = new Set(['connection', 'host', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** One request over an open connection, HTTP/2. */
export async function sendHttp2(
  outgoing: Outgoing,
  socket: Socket,
  state: State,
  signal: AbortSignal,
): Promise<Answer> {
  const session = connect(outgoing.url.origin, { createConnection: () => socket });
  try {
    return await onSession(session, outgoing, state, signal);
  } finally {
    session.destroy();
  }
}

async function onSession(
  session: ClientHttp2Session,
  { url, method, headers, body }: Outgoing,
  state: State,
  signal: AbortSignal,
): Promise<Answer> {
  const lap = laps(state);
  const own = headers.map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => !HOP.has(name));
  const stream = session.request(
    {
      ':method': method,
      ':path': `${url.pathname}${url.search}`,
      'accept-encoding': 'identity',
      ...Object.fromEntries(own),
    },
    { endStream: body === undefined },
  );
  signal.addEventListener('abort', () => stream.destroy(signal.reason as Error), { once: true });
  stream.once('finish', () => {
    state.phase = 'wait';
  });
  // The answer's headers, or what ended the stream or its whole session before them.
  const answered = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
    session.once('error', reject);
    stream.once('error', reject).once('response', resolve);
    stream.once('close', () =>
      reject(Object.assign(new Error(`the stream was closed with code ${stream.rstCode}`), { code: 'ECONNRESET' })),
    );
    if (body !== undefined) stream.end(body);
  });
  lap('wait');
  const trailers: [string, string][] = [];
  stream.once('trailers', (fields: IncomingHttpHeaders) => trailers.push(...pairsOf(fields)));
  const answer = await answerOf(stream, Number(answered[':status'] ?? 0), pairsOf(answered), '2', state);
  lap('body');
  return { ...answer, headers: [...answer.headers, ...trailers] };
}

const pairsOf = (headers: IncomingHttpHeaders): [string, string][] =>
  Object.entries(headers)
    .filter(([name]) => !name.startsWith(':'))
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]);
