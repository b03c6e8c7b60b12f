import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { bodyText, readAtMost } from './body.ts';
import type { Answer, Outgoing, State } from './exchange.ts';

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
  outgoing: Outgoing,
  state: State,
  signal: AbortSignal,
): Promise<Answer> {
  const { url, body } = outgoing;
  let mark = performance.now();
  const lap = (name: string): void => {
    state.timings[name] = (performance.now() - mark) / 1000;
    mark = performance.now();
  };
  const stream = session.request(
    {
      ':method': outgoing.method,
      ':path': `${url.pathname}${url.search}`,
      'accept-encoding': 'identity',
      ...fieldsOf(outgoing),
    },
    { endStream: body === undefined },
  );
  signal.addEventListener('abort', () => stream.destroy(signal.reason as Error), { once: true });
  stream.once('finish', () => {
    state.phase = 'wait';
  });
  const headers = await answered(session, stream, body);
  lap('wait');
  state.phase = 'body';
  const status = Number(headers[':status'] ?? 0);
  state.status = status;
  const { raw, truncated } = await readAtMost(stream);
  lap('body');
  const fields = Object.entries(headers)
    .filter(([name]) => !name.startsWith(':'))
    .map(([name, value]): [string, string] => [name, Array.isArray(value) ? value.join(', ') : String(value)]);
  const coding = headers['content-encoding'];
  return { status, headers: fields, body: bodyText(raw, truncated, coding), truncated, protocol: '2' };
}

/** The answer's headers, or what ended the stream or its whole session before them. */
function answered(
  session: ClientHttp2Session,
  stream: ClientHttp2Stream,
  body: string | Buffer | undefined,
): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    stream.once('error', reject);
    stream.once('response', resolve);
    stream.once('close', () =>
      reject(Object.assign(new Error(`the stream was closed with code ${stream.rstCode}`), { code: 'ECONNRESET' })),
    );
    if (body !== undefined) stream.end(body);
  });
}

const fieldsOf = (outgoing: Outgoing): Record<string, string> =>
  Object.fromEntries(
    outgoing.headers.map(([name, value]) => [name.toLowerCase(), value]).filter(([name]) => !HOP.has(name!)),
  ) as Record<string, string>;
