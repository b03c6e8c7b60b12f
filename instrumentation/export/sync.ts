import type { Socket } from 'node:net';
import { builtin } from '../base/builtin.ts';
import { now } from '../base/now.ts';
import { isGranted } from '../base/runtime.ts';
import { suppressed } from '../span/context.ts';
import type { Endpoint } from './endpoint.ts';

/** Longest look away while the kernel has nothing to say, ms. */
const NAP_MS = 1;
const nowhere = new Int32Array(new SharedArrayBuffer(4));

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException)?.code ?? 'error';

/**
 * Writes to a socket's descriptor, past the event loop. Until `until` (monotonic ms) it waits for room.
 * @returns how many bytes the kernel took, and what ended it if not all
 */
export function writeOut(fd: number, bytes: Uint8Array, until: number): { taken: number; code?: string } {
  const { writeSync } = builtin('node:fs');
  let taken = 0;
  while (taken < bytes.length) {
    try {
      taken += writeSync(fd, bytes, taken);
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'EAGAIN' || now() >= until) return { taken, code };
      Atomics.wait(nowhere, 0, 0, NAP_MS);
    }
  }
  return { taken };
}

/** What has come by `until`; a code when the connection is over, undefined when nothing came. */
export function readIn(fd: number, into: Buffer, until: number): Buffer | string | undefined {
  const { readSync } = builtin('node:fs');
  for (;;) {
    try {
      const size = readSync(fd, into, 0, into.length, null);
      return size > 0 ? into.subarray(0, size) : 'ECONNRESET';
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'EAGAIN') return code;
      if (now() >= until) return undefined;
      Atomics.wait(nowhere, 0, 0, NAP_MS);
    }
  }
}

/** Node keeps both on the socket's handle, which is not documented: without them the last try takes another way. */
interface Handle {
  readonly fd?: number;
  readonly writeQueueSize?: number;
}
const handleOf = (socket: Socket): Handle | undefined => (socket as unknown as { _handle?: Handle })._handle;
export const descriptorOf = (socket: Socket): number | undefined => {
  const fd = handleOf(socket)?.fd;
  return fd !== undefined && fd >= 0 ? fd : undefined;
};
/** Deno has a handle, and shows no descriptor of it. */
export const hidesDescriptor = (socket: Socket): boolean => {
  const handle = handleOf(socket);
  return !!handle && handle.fd === undefined;
};
/** Bytes that the event loop has still to hand to the kernel. */
export const queued = (socket: Socket): number => {
  const handle = handleOf(socket);
  if (!handle) return Number.POSITIVE_INFINITY;
  // Bun and Deno do not tell; their sockets give the kernel what it takes within the call
  return handle.writeQueueSize ?? socket.writableLength;
};

export const drop = (socket: Socket): void => {
  socket.on('error', () => {});
  socket.destroy();
};

const { prototype } = builtin('node:net').Socket;
const { connect: nodes } = prototype;

/** Connections of ours: no span, and past what tests answer the network with (msw, nock): it would be given our spans. */
export function unseen<T>(connect: () => T): T {
  const { connect: theirs } = prototype;
  if (theirs === nodes) return suppressed(connect);
  prototype.connect = nodes;
  try {
    return suppressed(connect);
  } finally {
    prototype.connect = theirs;
  }
}

/** Looking up this name takes longer than a short process lives, and gives these. */
const LOCALHOST = ['127.0.0.1', '::1'] as const;

/**
 * Starts a connection to each address that the endpoint's host may have: the first that answers is used. None where Deno would have to ask.
 * @param known the address that answered last
 */
export function dial(
  { url, tls }: Pick<Endpoint, 'url' | 'tls'>,
  secure: boolean,
  known: string | undefined,
): Socket[] {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  const { isIP, connect } = builtin('node:net');
  const addresses = (/^localhost\.?$/i.test(host) ? (known ? [known] : LOCALHOST) : [host]).filter((address) =>
    isGranted({ name: 'net', host: `${isIP(address) === 6 ? `[${address}]` : address}:${port}` }),
  );
  const named = isIP(host) === 0 && { servername: host };
  return unseen(() =>
    addresses.map((address) =>
      secure
        ? builtin('node:tls').connect({ host: address, port, ...named, ALPNProtocols: ['http/1.1'], ...tls })
        : connect({ host: address, port }),
    ),
  );
}
