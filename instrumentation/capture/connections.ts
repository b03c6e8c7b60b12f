import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Phase } from '../../src/contract/index.ts';
import { Memory } from '../../src/memo.ts';
import { now } from '../base/now.ts';
import { beside } from '../base/side-map.ts';
import type { Timings } from './exchange.ts';

/** What is known of one connection; kept beside the socket, never on it. */
export class Connection {
  /** How far the connection has come; `wait` once it can carry requests. */
  phase: Extract<Phase, 'dns' | 'tcp' | 'tls' | 'wait'> = 'dns';
  readonly socket: Socket;
  readonly startMs = now();
  private lookupMs = 0;
  private connectMs = 0;
  private secureMs = 0;
  peerAddress: string | undefined;
  peerPort: number | undefined;
  tlsNotAfter: number | undefined;
  certificate: { readonly issuer: string | undefined; readonly validTo: string } | undefined;
  /** Calls it has carried. */
  calls = 0;
  /** When its last call ended, and how much it had read by then. */
  freedMs = 0;
  readBefore = 0;
  /** When a socket timeout fired last, 0 when none, and after how long; ms. */
  timeoutMs = 0;
  timeoutDelay: number | undefined;
  /** The peer has hung up in good order. */
  peerEnded = false;
  /** A first call has taken the set-up timings. */
  private claimed = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  onLookup(): void {
    if (this.lookupMs === 0) this.lookupMs = now();
    if (this.phase === 'dns') this.phase = 'tcp';
  }

  onAttempt(): void {
    if (this.phase === 'dns') this.phase = 'tcp';
  }

  onConnect(): void {
    this.connectMs = now();
    this.phase = (this.socket as TLSSocket).encrypted ? 'tls' : 'wait';
    this.peerAddress = this.socket.remoteAddress;
    this.peerPort = this.socket.remotePort;
  }

  /**
   * The handshake has ended; runs before the certificate is judged, so that a refused certificate's end is known too.
   * Not `getPeerX509Certificate`: on Node 24.21 a call to it takes the names out of what `getPeerCertificate` tells later,
   * and the application's connection fails its host name check.
   */
  onSecure(): void {
    this.secureMs = now();
    const { valid_to: validTo, issuer } = (this.socket as TLSSocket).getPeerCertificate() ?? {};
    const end = Date.parse(validTo ?? '');
    if (Number.isNaN(end)) return;
    this.tlsNotAfter = end / 1000;
    const name = issuer?.CN ?? issuer?.O;
    this.certificate = { issuer: Array.isArray(name) ? name[0] : name, validTo };
  }

  /** Its call is over. */
  leave(at: number): void {
    this.freedMs = at;
    this.readBefore = this.socket.bytesRead;
  }

  onTimeout(): void {
    this.timeoutMs = now();
    this.timeoutDelay = this.socket.timeout;
  }

  onPeerEnd(): void {
    this.peerEnded = true;
  }

  /** The certificate was accepted. */
  onAccepted(): void {
    this.phase = 'wait';
  }

  /** Bytes handed to the socket had not all left when it broke. */
  unwritten = false;
  private errorsWatched = false;

  /** Notes an upload cut off. Only once its client has listeners of its own: an `error` listener of ours must never be the only one. */
  watchErrors(): void {
    if (this.errorsWatched) return;
    this.errorsWatched = true;
    this.socket.on('error', () => {
      this.unwritten = this.socket.writableLength > 0;
    });
  }

  get open(): boolean {
    return this.phase === 'wait';
  }

  /** How long the TCP handshake took. */
  get roundTripMs(): number {
    return this.connectMs ? this.connectMs - (this.lookupMs || this.startMs) : 0;
  }

  /** Hands the set-up timings to the first call that asks. Returns whether it was the first. */
  claim(timings: Timings): boolean {
    if (this.claimed) return false;
    this.claimed = true;
    const connectFrom = this.lookupMs || this.startMs;
    if (this.lookupMs) timings.dns = this.lookupMs - this.startMs;
    if (this.connectMs) timings.tcp = this.connectMs - connectFrom;
    if (this.secureMs) timings.tls = this.secureMs - this.connectMs;
    return true;
  }
}

const known = Memory.part(() => beside<object, Connection>());

export const connectionOf = (socket: object | null | undefined): Connection | undefined =>
  socket ? known().get(socket) : undefined;

/** Begins to know a connection that is being made; undefined if it is known. */
export function newConnection(socket: Socket): Connection | undefined {
  const connections = known();
  if (connections.has(socket)) return undefined;
  const connection = new Connection(socket);
  connections.set(socket, connection);
  return connection;
}

/** A connection seen only once it was there already, e.g. TLS over a proxy's tunnel. */
export function adoptConnection(socket: Socket): Connection {
  const connection = newConnection(socket);
  if (!connection) return known().get(socket)!;
  connection.phase = 'wait';
  connection.peerAddress = socket.remoteAddress;
  connection.peerPort = socket.remotePort;
  return connection;
}
