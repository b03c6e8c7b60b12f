import type { Socket } from 'node:net';
import { Memory } from '../../../src/memo.ts';
import type { Connection } from '../connections.ts';
import { type Origin, originOf } from '../target.ts';

/** undici's `connectParams`; they name the origin, not the request. */
export interface ConnectParams {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

class Making {
  /** Connections undici is making now. Few at a time, so a plain list. */
  readonly attempts: { readonly origin: Origin; readonly connection: Connection }[] = [];
  announced: Origin | undefined;
  readonly failedWith = new WeakMap<object, Connection>();

  drop(is: (attempt: Making['attempts'][number]) => boolean): Connection | undefined {
    const at = this.attempts.findIndex(is);
    return at < 0 ? undefined : this.attempts.splice(at, 1)[0]!.connection;
  }
}
const making = Memory.part(() => new Making());

const originFor = ({ protocol, hostname, port }: ConnectParams): Origin =>
  originOf(`${protocol}//${hostname}${port === '' ? '' : `:${port}`}`);

/** The connector runs synchronously after this; a socket made in the same turn is the attempt's. */
export function announce(params: ConnectParams): void {
  const now = making();
  now.announced = originFor(params);
  queueMicrotask(() => {
    now.announced = undefined;
  });
}

export function forgetAnnounced(): void {
  making().announced = undefined;
}

export function onNewConnection(connection: Connection): void {
  const { attempts, announced } = making();
  if (announced) attempts.push({ origin: announced, connection });
  forgetAnnounced();
}

export function onConnected(socket: Socket): void {
  making().drop((a) => a.connection.socket === socket);
}

/** The same error object is later raised on every request that waited for this connection. */
export function onConnectError(params: ConnectParams, error: unknown): void {
  const now = making();
  const connection =
    now.drop((a) => a.connection.socket.errored === error) ??
    now.drop(({ origin }) => origin.text === originFor(params).text);
  if (connection && typeof error === 'object' && error !== null) now.failedWith.set(error, connection);
}

/** An attempt whose socket closed without a word to undici's channels. */
export function onClosed(connection: Connection): void {
  const now = making();
  if (now.attempts.length === 0 || connection.open) return;
  setImmediate(() => now.drop((a) => a.connection === connection)).unref();
}

export const connectionThatFailed = (error: unknown): Connection | undefined =>
  typeof error === 'object' && error !== null ? making().failedWith.get(error) : undefined;

/** The newest connection being made to an origin. */
export const connectingTo = ({ host, port }: Origin): Connection | undefined =>
  making().attempts.findLast(({ origin }) => origin.host === host && origin.port === port)?.connection;
