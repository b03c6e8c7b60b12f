import { builtin } from '../base/builtin.ts';
import { Line } from './connection.ts';
import { type Endpoint, USER_AGENT } from './endpoint.ts';
import { createGrpc } from './grpc.ts';
import { COLLECTOR_HEADER, type Transport, type Verdict } from './types.ts';

/** Header values come from environment variables: a line end in one would begin another header. */
const clean = (value: string): string => value.replace(/[\r\n\0]/g, ' ');

/** What stands before each body but for its length. */
function headOf({ url, headers, protocol }: Endpoint): string {
  const all = {
    host: url.host,
    ...headers,
    'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    'user-agent': USER_AGENT,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${clean(value)}\r\n`);
  return `POST ${url.pathname + url.search} HTTP/1.1\r\n${lines.join('')}`;
}

/** Head and body as one piece: one write, one packet. */
function framed(head: string, body: Uint8Array, gzip: boolean): Uint8Array {
  const coding = gzip ? 'content-encoding: gzip\r\n' : '';
  return Buffer.concat([Buffer.from(`${head}${coding}content-length: ${body.length}\r\n\r\n`, 'latin1'), body]);
}

/** The endpoint's protocol over one connection. Built-ins are fetched at the first use, so that the preload itself does not load them. */
export const createTransport = (endpoint: Endpoint): Transport =>
  endpoint.protocol === 'grpc' ? createGrpc(endpoint) : createHttp(endpoint);

function createHttp(endpoint: Endpoint): Transport {
  const line = new Line(endpoint);
  let isOurs: boolean | undefined;
  line.onAnswer = (answer) => {
    isOurs = answer.header(COLLECTOR_HEADER) !== undefined;
  };
  const head = headOf(endpoint);
  /** Of each body that was written: at the end it must be known again. */
  const requests = new WeakMap<Uint8Array, Uint8Array>();
  const atOnce = (body: Uint8Array): Uint8Array => {
    const known = requests.get(body);
    if (known) return known;
    const { gzip } = endpoint;
    const request = framed(head, gzip ? builtin('node:zlib').gzipSync(body) : body, gzip);
    requests.set(body, request);
    return request;
  };
  const send = (bytes: Uint8Array): Promise<Verdict> => new Promise((resolve) => line.send(bytes, resolve));
  return {
    open: () => line.open(),
    async post(body, now = false) {
      if (!endpoint.gzip || now) return send(atOnce(body));
      const { gzip } = builtin('node:zlib');
      const packed = await new Promise<Uint8Array | undefined>((resolve) =>
        gzip(body, (error, bytes) => resolve(error ? undefined : bytes)),
      );
      if (packed === undefined) return { kind: 'refused', why: 'gzip' };
      // a freeze came meanwhile, and `finish` has sent it
      if (requests.has(body)) return { kind: 'ok', why: '' };
      const request = framed(head, packed, true);
      requests.set(body, request);
      return send(request);
    },
    finish(bodies, until) {
      const ending = line.finish(bodies.map(atOnce), until);
      // another way is taken: if the process goes on after all, nothing must be sent once more
      if (ending === 'unusable') line.close();
      return ending;
    },
    close: () => line.close(),
    get isOurs() {
      return isOurs;
    },
  };
}
