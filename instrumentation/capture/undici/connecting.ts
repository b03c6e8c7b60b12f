import type { Socket } from 'node:net';
import type { Connection } from '../connections.ts';
import { type Origin, originOf } from '../target.ts';

/** undici's `connectParams`; they name the origin, not the request. */
export interface ConnectParams {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

/** Connections undici is making now. Few at a time, so a plain list. */
const attempts: { readonly origin: Origin; readonly connection: Connection }[] = [];
let announced: Origin | undefined;
const failedWith = new WeakMap<object, Connection>();

const originFor = ({ protocol, hostname, port }: ConnectParams): Origin =>
  originOf(`${protocol}//${hostname}${port === '' ? '' : `:${port}`}`);

/** The connector runs synchronously after this; a socket made in the same turn is the attempt's. */
export function announce(params: ConnectParams): void {
  announced = originFor(params);
  queueMicrotask(() => {
    announced = undefined;
  });
}

export function forgetAnnounced(): void {
  announced = undefined;
}

export function onNewConnection(connection: Connection): void {
  if (!announced) return;
  attempts.push({ origin: announced, connection });
  announced = undefined;
}

const drop = (at: number): Connection | undefined => (at < 0 ? undefined : attempts.splice(at, 1)[0]!.connection);

export function onConnected(socket: Socket): void {
  drop(attempts.findIndex((a) => a.connection.socket === socket));
}

/** The same error object is later raised on every request that waited for this connection. */
export function onConnectError(params: ConnectParams, error: unknown): void {
  let at = attempts.findIndex((a) => a.connection.socket.errored === error);
  if (at < 0) at = attempts.findIndex(({ origin }) => origin.text === originFor(params).text);
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
export const connectingTo = ({ host, port }: Origin): Connection | undefined =>
  attempts.findLast(({ origin }) => origin.host === host && origin.port === port)?.connection;
