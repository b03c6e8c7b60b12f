import { builtin } from '../base/builtin.ts';
import type { Endpoint } from './endpoint.ts';
import { requestHead, requestOf } from './frame.ts';
import { createGrpc } from './grpc.ts';
import { type Ending, Line } from './line.ts';

export { isOwnExport } from './ours.ts';

import type { Verdict } from './verdict.ts';

export interface Transport {
  /** Has a connection made, if there is none. */
  open(): void;
  /** Sends one body; never rejects. `now`: compressed within the turn, if at all. */
  post(body: Uint8Array, now?: boolean): Promise<Verdict>;
  /** The process ends: sends synchronously what has not been answered; see `Line.finish`. */
  finish(bodies: readonly Uint8Array[], until: number): Ending;
  /** Of the bodies that `finish` could not send, those that have not left. All, where it is not said. */
  left?(bodies: readonly Uint8Array[]): readonly Uint8Array[];
  close(): void;
  /** Whether a collector of ours answers here; undefined until something has been answered. */
  readonly isOurs: boolean | undefined;
}

/** The header by which a collector of ours says what it is. */
export const COLLECTOR_HEADER = 'faultlayer-collector';

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
