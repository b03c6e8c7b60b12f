import { builtin } from '../base/builtin.ts';
import type { Endpoint } from './endpoint.ts';
import { requestHead, requestOf } from './frame.ts';
import { createGrpc } from './grpc.ts';
import { Line } from './line.ts';
import { COLLECTOR_HEADER, type Transport } from './types.ts';

export { isOwnExport } from './ours.ts';

import type { Verdict } from './verdict.ts';

/** The endpoint's protocol over one connection. Built-ins are fetched at the first use, so that the preload itself does not load them. */
export const createTransport = (endpoint: Endpoint): Transport =>
  endpoint.protocol === 'grpc' ? createGrpc(endpoint) : createHttp(endpoint);

function createHttp(endpoint: Endpoint): Transport {
  const line = new Line(endpoint);
  let isOurs: boolean | undefined;
  line.onAnswer = (answer) => {
    isOurs = answer.header(COLLECTOR_HEADER) !== undefined;
  };
  const head = requestHead(endpoint);
  /** Of each body that was written within its turn: at the end it must be known again. */
  const requests = new WeakMap<Uint8Array, Uint8Array>();
  const atOnce = (body: Uint8Array): Uint8Array => {
    const known = requests.get(body);
    if (known) return known;
    const { gzip } = endpoint;
    const request = requestOf(head, gzip ? builtin('node:zlib').gzipSync(body) : body, gzip);
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
      return packed ? send(requestOf(head, packed, true)) : { kind: 'refused', why: 'gzip' };
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
