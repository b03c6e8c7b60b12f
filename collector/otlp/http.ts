import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../base/body.ts';
import { requestPath } from '../base/connections.ts';
import { type Call, OURS, type Receiver } from './receiver.ts';
import { CONTENT_TYPE, type Encoding, responseOf, SIGNALS, type Signal, statusBody } from './signals.ts';

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/json', 'json'],
]);
const BY_PATH: ReadonlyMap<string | undefined, Signal> = new Map(SIGNALS.map((signal) => [signal.path, signal]));

/** Whether it is gzip, by name, without regard to case; `x-gzip` is another name of it (RFC 9110, 8.4.1). */
const CODINGS: ReadonlyMap<string, boolean> = new Map([
  ['', false],
  ['identity', false],
  ['gzip', true],
  ['x-gzip', true],
]);

/** POST /v1/traces, /v1/metrics and /v1/logs as the OTLP/HTTP specification asks. */
export function receiveHttp(receiver: Receiver, req: IncomingMessage, res: ServerResponse): void {
  const { headers } = req;
  const type = headers['content-type'] ?? '';
  // Most senders write them as they stand in the tables.
  const encoding = ENCODINGS.get(type) ?? ENCODINGS.get(type.split(';', 1)[0]!.trim().toLowerCase());
  const signal = BY_PATH.get(req.url) ?? BY_PATH.get(requestPath(req.url));
  const gzip = CODINGS.get((headers['content-encoding'] ?? '').trim().toLowerCase());
  const call = callOf(req, res, signal ?? SIGNALS[0]!, encoding ?? 'json', gzip ?? false);
  const refusal = judge(receiver, req, encoding, signal, gzip);
  if (refusal) receiver.refuse(call, refusal);
  else receiver.receive(call, req, 'otlp');
}

/** What can be refused before the body is read. */
function judge(
  receiver: Receiver,
  { socket, headers, method }: IncomingMessage,
  encoding: Encoding | undefined,
  signal: Signal | undefined,
  gzip: boolean | undefined,
): Refusal | undefined {
  const misled = receiver.misled(socket.localAddress, headers.host);
  if (misled) return misled;
  if (!signal) return new Refusal(404, `only ${SIGNALS.map(({ path }) => path).join(', ')} are served`);
  if (method !== 'POST') return new Refusal(405, 'use POST', { allow: 'POST' });
  const refused = receiver.admit(headers.authorization);
  if (refused?.status === 401) return refused;
  if (!encoding) return new Refusal(415, `Content-Type must be ${Object.values(CONTENT_TYPE).join(' or ')}`);
  if (gzip === undefined)
    return new Refusal(415, 'Content-Encoding must be gzip or identity', { 'accept-encoding': 'gzip, identity' });
  return refused;
}

const headersOf = (encoding: Encoding, length: number) => ({
  ...OURS,
  'content-type': CONTENT_TYPE[encoding],
  'content-length': length,
});
const ALL_TAKEN = { protobuf: headersOf('protobuf', 0), json: headersOf('json', '{}'.length) };

/** A sender that is still writing gets this long, and this much is thrown away, before the connection is closed on it. */
const LINGER_MS = 500;
const LINGER_BYTES = 1024 * 1024;

const callOf = (
  req: IncomingMessage,
  res: ServerResponse,
  signal: Signal,
  encoding: Encoding,
  gzip: boolean,
): Call => ({
  signal,
  encoding,
  get answered() {
    return res.headersSent;
  },
  get gone() {
    return req.destroyed && !req.complete;
  },
  unwrap: (bytes) => ({ bytes, gzip }),
  /** Text goes out in one write with the headers; bytes take a second one. */
  accept(taken) {
    if (taken.rejected === 0) {
      res.writeHead(200, ALL_TAKEN[encoding]).end(encoding === 'json' ? '{}' : undefined);
      return;
    }
    const body = responseOf(signal, encoding, taken);
    res.writeHead(200, headersOf(encoding, body.length)).end(encoding === 'json' ? Buffer.from(body).toString() : body);
  },
  /**
   * When the body has not been read, what still comes is thrown away for a moment: closing at once would reset the connection, and the sender
   * would see that instead of the status.
   */
  refuse({ status, message, headers }) {
    const body = statusBody(encoding, status, message);
    const common = { 'content-type': CONTENT_TYPE[encoding], 'content-length': body.length, ...headers };
    res.writeHead(status, req.complete ? common : { connection: 'close', ...common });
    if (req.complete) {
      res.end(body);
      return;
    }
    res.write(body);
    let left = LINGER_BYTES;
    const timer = setTimeout(() => res.end(), LINGER_MS);
    const done = (): void => {
      clearTimeout(timer);
      res.end();
    };
    req.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) done();
    });
    req.on('end', done);
    req.on('close', done);
  },
});
