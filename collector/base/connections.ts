import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { LIMITS } from '../limits.ts';
import type { Log } from './log.ts';
import type { Tally } from './own-metrics.ts';

export type Door = 'otlp' | 'http';

/** A connection, and how many requests on it are in progress. */
interface Held {
  readonly socket: Socket;
  readonly key: string;
  busy: number;
}

/** How often a door says that it refuses. */
const SAY_EVERY_MS = 60_000;

/**
 * The connections of one door, at most a number. A new one past it takes the place of the one that has been idle longest; where all are busy it
 * is refused. Both are counted, and a refusal is logged once a minute.
 */
export function createConnections(door: Door, most: number, log: Log, closed: Tally, refused: Tally) {
  /** All; those without a request in progress, longest idle first. */
  const open = new Map<string, Held>();
  const idle = new Set<Held>();
  /** By the socket of requests, which TLS may have wrapped. */
  const bySocket = new WeakMap<Socket, Held>();
  let said = Number.NEGATIVE_INFINITY;
  const forget = (held: Held): void => {
    open.delete(held.key);
    idle.delete(held);
  };
  const makeRoom = (): boolean => {
    const [longest] = idle;
    if (!longest) return false;
    forget(longest);
    longest.socket.destroy();
    closed.inc(1, door);
    return true;
  };
  const refuse = (): void => {
    refused.inc(1, door);
    const now = performance.now();
    if (now - said < SAY_EVERY_MS) return;
    said = now;
    log.warn(`a connection was refused: all ${most} of ${DOOR_NAMES[door]} are busy`);
  };
  return {
    get size(): number {
      return open.size;
    },
    /** A new connection, as `connection` of a server gives it. */
    add(socket: Socket): void {
      const key = keyOf(socket);
      if (open.size >= most && !makeRoom()) {
        socket.destroy();
        refuse();
        return;
      }
      const held = { socket, key, busy: 0 };
      open.set(key, held);
      idle.add(held);
      bySocket.set(socket, held);
      socket.once('close', () => forget(held));
    },
    /** A request has come on the connection of `socket`; the result says that it was answered. */
    begin(socket: Socket): () => void {
      const held = bySocket.get(socket) ?? open.get(keyOf(socket));
      if (!held) return () => undefined;
      bySocket.set(socket, held);
      held.busy++;
      idle.delete(held);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        if (--held.busy === 0 && open.get(held.key) === held) idle.add(held);
      };
    },
  };
}
export type Connections = ReturnType<typeof createConnections>;

const DOOR_NAMES: Readonly<Record<Door, string>> = { otlp: 'the OTLP receiver', http: 'metrics and pages' };

/** The same for a socket and for the TLS socket around it. */
const keyOf = ({ remoteAddress, remotePort, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localPort}`;

/** A certificate chain and its key, PEM. */
export interface Pem {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A server of HTTP/1, plain or with TLS, that tells `connections` of each connection and request. */
export function httpServer(
  connections: Connections,
  pem: Pem | undefined,
  handle: (req: IncomingMessage, res: ServerResponse) => void,
): Server {
  const options = {
    headersTimeout: LIMITS.headersTimeoutMs,
    requestTimeout: LIMITS.requestTimeoutMs,
    keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
    connectionsCheckingInterval: 1000,
  };
  const listener = (req: IncomingMessage, res: ServerResponse): void => {
    res.once('close', connections.begin(req.socket));
    handle(req, res);
  };
  const server = pem
    ? createTlsServer({ ...options, ...pem, handshakeTimeout: LIMITS.headersTimeoutMs }, listener)
    : createServer(options, listener);
  return server.on('connection', (socket: Socket) => connections.add(socket));
}

/** The path of a request target in origin form, else undefined. `new URL` is not used: it throws on `GET http:// HTTP/1.1` (CVE-2026-44902). */
export const requestPath = (target: string | undefined): string | undefined =>
  target?.startsWith('/') && !target.startsWith('//') ? target.split(/[?#]/, 1)[0] : undefined;

/** Open files of a process that has just started, where /proc does not tell. */
const AT_START = 32;

/**
 * How many senders may be connected: as many as the limits say, or as `ulimit -n` leaves once descriptors are kept back for scrapes, health
 * checks and files. Past `ulimit -n` the kernel's queue is emptied by closing connections, and nobody is told.
 */
export function sendersThatFit(): number {
  return Math.max(16, Math.min(LIMITS.senders, openFilesLimit() - openFiles() - LIMITS.reservedDescriptors));
}

function openFilesLimit(): number {
  const { report } = process;
  if (!report) return Number.POSITIVE_INFINITY;
  Object.assign(report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Number.POSITIVE_INFINITY;
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // only Linux has it
    return AT_START;
  }
}
