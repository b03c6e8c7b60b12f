import type { Socket } from 'node:net';
import type { Connection } from '../connections.ts';
import type { Origin } from '../target.ts';

/** undici's `connectParams`; they name the origin, not the request. */
export interface ConnectParams {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

interface Attempt {
  readonly params: ConnectParams;
  readonly connection: Connection;
}

/** Connections undici is making now. Few at a time, so a plain list. */
const attempts: Attempt[] = [];
let announced: ConnectParams | undefined;
const failedWith = new WeakMap<object, Connection>();

/** The connector runs synchronously after this; a socket made in the same turn is the attempt's. */
export function announce(params: ConnectParams): void {
  announced = params;
  queueMicrotask(() => {
    announced = undefined;
  });
}

export function forgetAnnounced(): void {
  announced = undefined;
}

export function onNewConnection(connection: Connection): void {
  if (!announced) return;
  attempts.push({ params: announced, connection });
  announced = undefined;
}

const drop = (at: number): Connection | undefined => (at < 0 ? undefined : attempts.splice(at, 1)[0]!.connection);

export function onConnected(socket: Socket): void {
  drop(attempts.findIndex((a) => a.connection.socket === socket));
}

const same = (a: ConnectParams, b: ConnectParams): boolean =>
  a === b || (a.hostname === b.hostname && a.port === b.port && a.protocol === b.protocol);

/** The same error object is later raised on every request that waited for this connection. */
export function onConnectError(params: ConnectParams, error: unknown): void {
  let at = attempts.findIndex((a) => a.connection.socket.errored === error);
  if (at < 0) at = attempts.findIndex((a) => same(a.params, params));
  const connection = drop(at);
  if (connection && typeof error === 'object' && error !== null) failedWith.set(error, connection);
}

/** An attempt whose socket closed without a word to undici's channels. */
export function onClosed(connection: Connection): void {
  if (attempts.length === 0 || connection.open) return;
  setImmediate(() => drop(attempts.findIndex((a) => a.connection === connection))).unref();
}

export const connectionThatFailed = (error: unknown): Connection | undefined =>
  typeof error === 'object' && error !== null ? failedWith.get(error) : undefined;

/** The newest connection being made to an origin. */
export function connectingTo(origin: Origin): Connection | undefined {
  for (let i = attempts.length - 1; i >= 0; i--) {
    const { params, connection } = attempts[i]!;
    const port = params.port === '' ? (params.protocol === 'https:' ? 443 : 80) : Number(params.port);
    if (params.hostname.replace(/^\[|\]$/g, '') === origin.host && port === origin.port) return connection;
  }
  return undefined;
}
