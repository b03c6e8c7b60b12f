import type { Socket } from 'node:net';
import { builtin } from '../base/builtin.ts';

/**
 * Older Node 22 publishes `net.client.socket` from `net.connect` alone, which TLS does not pass through. There, and only there, the
 * method that every client socket passes through tells of it.
 */
export function watchTlsSockets(onSocket: (message: { socket: Socket }) => void): (() => void) | undefined {
  const { prototype } = builtin('node:net').Socket;
  const original = prototype.connect;
  if (Function.prototype.toString.call(original).includes('netClientSocketChannel')) return undefined;
  function connect(this: Socket, ...args: unknown[]): unknown {
    onSocket({ socket: this });
    return Reflect.apply(original as (...a: unknown[]) => unknown, this, args);
  }
  prototype.connect = connect as typeof original;
  return () => {
    if (prototype.connect === connect) prototype.connect = original;
  };
}
