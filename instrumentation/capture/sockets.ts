import type { Socket } from 'node:net';
import { builtin } from '../base/builtin.ts';
import { type Connection, connectionOf, newConnection } from './connections.ts';
import { before } from './patch.ts';
import type { Tracker } from './tracker.ts';

export interface ConnectionEvents {
  onNew(connection: Connection): void;
  /** The agent got the socket back: the exchange on it is over. Node's http only. */
  onFree(socket: Socket): void;
  /** The socket left http for another protocol. */
  onDetached(socket: Socket): void;
  onClose(connection: Connection): void;
}

/** For our one listener per event: the application's leak warning must come when it always came. */
function makeRoom(socket: Socket): void {
  const most = socket.getMaxListeners();
  if (most > 0) socket.setMaxListeners(most + 1);
}

/** Shared listeners, once per connection, found again through `this`: no closure per connection. */
export function watchConnections(tracker: Tracker, events: ConnectionEvents): void {
  const handlers: Readonly<Record<string, (c: Connection) => void>> = {
    lookup: (c) => c.onLookup(),
    connectionAttempt: (c) => c.onAttempt(),
    connect: (c) => c.onConnect(),
    secure: (c) => c.onSecure(),
    secureConnect: (c) => c.onAccepted(),
    timeout: (c) => c.onTimeout(),
    end: (c) => c.onPeerEnd(),
    free: (c) => events.onFree(c.socket),
    agentRemove: (c) => events.onDetached(c.socket),
    close: (c) => events.onClose(c),
  };
  const listeners = Object.entries(handlers).map(([name, handler]): [string, (this: Socket) => void] => [
    name,
    tracker.guard(`socket.${name}`, function (this: Socket) {
      const connection = connectionOf(this);
      if (connection) handler(connection);
    }),
  ]);
  const onSocket = ({ socket }: { readonly socket: Socket }): void => {
    const connection = newConnection(socket);
    if (!connection) return;
    makeRoom(socket);
    for (const [name, listener] of listeners) socket.on(name, listener);
    events.onNew(connection);
  };
  tracker.subscribe({ 'net.client.socket': onSocket });
  // Older Node 22 publishes from `net.connect` alone, which TLS does not pass through: there, and only there, the method that every client socket passes through
  const { prototype } = builtin('node:net').Socket;
  const isTold = Function.prototype.toString.call(prototype.connect).includes('netClientSocketChannel');
  if (!isTold)
    tracker.onStop(
      before(
        prototype,
        'connect',
        tracker.guard('connect', (socket: Socket) => onSocket({ socket })),
      ),
    );
}
