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
export class Connections {
  readonly most: number;
  private readonly door: Door;
  private readonly log: Log;
  private readonly closed: Tally;
  private readonly refused: Tally;
  /** All; those without a request in progress, longest idle first. */
  private readonly open = new Map<string, Held>();
  private readonly idle = new Set<Held>();
  /** By the socket of requests, which TLS may have wrapped. */
  private readonly held = new WeakMap<Socket, Held>();
  private said = Number.NEGATIVE_INFINITY;

  constructor(door: Door, most: number, log: Log, closed: Tally, refused: Tally) {
    this.door = door;
    this.most = most;
    this.log = log;
    this.closed = closed;
    this.refused = refused;
  }

  get size(): number {
    return this.open.size;
  }

  /** A new connection, as `connection` of a server gives it. */
  add(socket: Socket): void {
    const key = keyOf(socket);
    if (this.open.size >= this.most && !this.makeRoom()) {
      socket.destroy();
      this.refuse();
      return;
    }
    const held = { socket, key, busy: 0 };
    this.open.set(key, held);
    this.idle.add(held);
    this.held.set(socket, held);
    socket.once('close', () => this.forget(held));
  }

  /** A request has come on the connection of `socket`; the result says that it was answered. */
  begin(socket: Socket): () => void {
    const held = this.held.get(socket) ?? this.open.get(keyOf(socket));
    if (!held) return () => undefined;
    this.held.set(socket, held);
    held.busy++;
    this.idle.delete(held);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      if (--held.busy === 0 && this.open.get(held.key) === held) this.idle.add(held);
    };
  }

  private forget(held: Held): void {
    this.open.delete(held.key);
    this.idle.delete(held);
  }

  private makeRoom(): boolean {
    const [longest] = this.idle;
    if (!longest) return false;
    this.forget(longest);
    longest.socket.destroy();
    this.closed.inc(1, this.door);
    return true;
  }

  private refuse(): void {
    this.refused.inc(1, this.door);
    const now = performance.now();
    if (now - this.said < SAY_EVERY_MS) return;
    this.said = now;
    this.log.warn(`a connection was refused: all ${this.most} of ${DOOR_NAMES[this.door]} are busy`);
  }
}

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
