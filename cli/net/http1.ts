import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { bodyText, readAtMost } from './body.ts';
import type { Answer, Outgoing, State } from './exchange.ts';

/** One request over an open connection, HTTP/1.1. */
export function sendHttp1(
  outgoing: Outgoing,
  socket: NonNullable<ClientRequest['socket']>,
  state: State,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { url } = outgoing;
    let mark = performance.now();
    const lap = (name: string): void => {
      state.timings[name] = (performance.now() - mark) / 1000;
      mark = performance.now();
    };
    const has = (name: string): boolean => outgoing.headers.some(([n]) => n.toLowerCase() === name);
    const body = outgoing.body === undefined ? undefined : Buffer.from(outgoing.body as string);
    const headers = [
      ...outgoing.headers,
      ...(has('host') ? [] : [['host', url.host] as const]),
      ...(has('accept-encoding') ? [] : [['accept-encoding', 'identity'] as const]),
      ...(body === undefined || has('content-length') ? [] : [['content-length', String(body.length)] as const]),
      ...(has('connection') ? [] : [['connection', 'close'] as const]),
    ].flat();
    const request = httpRequest({
      createConnection: () => socket,
      method: outgoing.method,
      host: url.hostname,
      path: `${url.pathname}${url.search}`,
      headers,
    });
    signal.addEventListener('abort', () => request.destroy(signal.reason as Error), { once: true });
    request.once('finish', () => {
      state.phase = 'wait';
    });
    request.once('error', reject);
    request.once('response', (response) => {
      lap('wait');
      state.phase = 'body';
      state.status = response.statusCode ?? 0;
      read(response, signal).then((answer) => {
        lap('body');
        resolve(answer);
      }, reject);
    });
    request.end(body);
  });
}

async function read(response: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  signal.addEventListener('abort', () => response.destroy(signal.reason as Error), { once: true });
  const { raw, truncated } = await readAtMost(response);
  const headers: [string, string][] = [];
  for (let i = 0; i < response.rawHeaders.length; i += 2)
    headers.push([response.rawHeaders[i]!.toLowerCase(), response.rawHeaders[i + 1]!]);
  const body = bodyText(raw, truncated, response.headers['content-encoding']);
  return { status: response.statusCode ?? 0, headers, body, truncated, protocol: response.httpVersion };
}
