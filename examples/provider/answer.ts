import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Api, Ask } from './api.ts';
import { type Switchboard, slownessMs } from './faults.ts';
import type { Ledger } from './record.ts';

/** The kernel's socket below the response: a TLS socket cannot send a reset itself. */
export type RawSocket = (request: IncomingMessage) => { resetAndDestroy(): void } | undefined;

/** Answers one request as the API it names would, faults included, and writes the request ID it sent into the ledger. */
export function answerer(apis: readonly Api[], faults: Switchboard, ledger: Ledger, raw: RawSocket) {
  const byHost = new Map(apis.map((api) => [api.host, api]));
  return (request: IncomingMessage, response: ServerResponse): void => {
    const host = (request.headers.host ?? '').split(':')[0]!;
    const api = byHost.get(host);
    request.resume();
    if (api === undefined) {
      response.writeHead(421, { 'content-type': 'text/plain' }).end(`no API is called ${host}\n`);
      return;
    }
    const active = faults.of(api);
    const ask: Ask = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      header: (name) => {
        const value = request.headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
    };
    const id = api.requestId();
    const answer = !api.accepts(ask)
      ? api.unauthorized(ask, id)
      : active?.fault === 'throttle'
        ? api.throttled(ask, id)
        : active?.fault === 'outage'
          ? api.outage(ask, id)
          : api.ok(ask, id);

    if (active?.fault === 'hang') return;
    const send = () => {
      ledger.add({ id, api: api.name, status: answer.status, atMs: Date.now() });
      if (active?.fault === 'reset') sendHalf(answer, request, response, raw);
      else response.writeHead(answer.status, headersOf(answer, api)).end(answer.body);
    };
    // Real providers take a moment; a constant would make every latency panel a straight line.
    const delay = (active?.fault === 'slow' ? slownessMs(active) : 0) + 8 + Math.random() * 30;
    setTimeout(send, delay);
  };
}

const headersOf = (answer: Answer, api: Api): Record<string, string> => ({
  ...answer.headers,
  'content-length': String(Buffer.byteLength(answer.body)),
  ...(api.keepAlive ? {} : { connection: 'close' }),
});

function sendHalf(answer: Answer, request: IncomingMessage, response: ServerResponse, raw: RawSocket): void {
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(length) });
  response.write(Buffer.from(answer.body).subarray(0, length >> 1));
  // A reset overtakes bytes still in flight: let the half arrive first.
  setTimeout(() => {
    const socket = raw(request);
    if (socket === undefined) request.socket.destroy();
    else socket.resetAndDestroy();
  }, 20);
}
