import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { SentPieces } from '../../../src/attempts/index.ts';
import type { Phase } from '../../../src/contract/index.ts';
import { fieldsOf } from '../../../src/raised.ts';
import { TrackedCall } from '../call.ts';
import { adoptConnection, connectionOf } from '../connections.ts';
import { HeaderList, headSize } from '../header-list.ts';
import { sameNames } from '../header-shape.ts';
import { originOf, originOfParts, originOfTarget } from '../origin.ts';
import type { Origin } from '../target.ts';
import type { Sent } from '../types.ts';
import { aimsElsewhere, isProxyAgent } from './proxy.ts';

const first = (value: number | string | readonly string[] | undefined): string | undefined =>
  value === undefined ? undefined : typeof value === 'object' ? value[0] : String(value);

/** What a request was destroyed with; node keeps it until it may be raised. */
export function raisedOn(request: unknown): unknown {
  const own = (request ?? {}) as Record<symbol, unknown>;
  const key = Object.getOwnPropertySymbols(own).find((symbol) => symbol.description === 'kError');
  return key && own[key];
}

/** Nearly always name, Host header and port agree. */
function originGiven(scheme: string, name: string, header: string, peer: number | undefined): Origin {
  const told = originOf(`${scheme}://${header || 'localhost'}`);
  const host = name.startsWith('[') ? name.slice(1, -1) : name;
  const port = peer ?? told.port;
  return told.host === host && told.port === port ? told : originOfParts(scheme, host, port);
}

export class HttpCall extends TrackedCall {
  readonly client = 'http';
  private request: ClientRequest | undefined;
  private response: IncomingMessage | undefined = undefined;
  private answered: HeaderList | undefined = undefined;
  private known: Origin | undefined = undefined;
  private knownPeer: number | undefined = undefined;
  readonly method: string;
  readonly path: string;
  private writeFailed = false;
  /** The timer that destroyed the request, if it was its deadline; ms. */
  deadlineMs: number | undefined = undefined;
  /** Somebody called the request's `destroy`. */
  left = false;
  override readonly socketPath: string | undefined;
  override bodyComes = true;
  override pieces: SentPieces | undefined = new SentPieces();

  constructor(request: ClientRequest) {
    super();
    this.request = request;
    this.socketPath = (request as { socketPath?: string | null }).socketPath ?? undefined;
    this.throughProxy = isProxyAgent((request as { agent?: unknown }).agent);
    this.method = request.method;
    this.path = request.path;
  }

  /** Host and port as the application gave them: the Host header tells the port, a connection without a proxy knows it better. */
  protected get origin(): Origin {
    const peer = this.connection?.peerPort;
    // asked several times per call; only the connection can tell a better port
    if (this.known && (peer === undefined || this.knownPeer === peer)) return this.known;
    if (this.proxied) {
      this.known = originOfTarget(this.path);
      return this.known;
    }
    const { request } = this;
    const scheme = request?.protocol === 'https:' ? 'https' : 'http';
    const name = String(request?.host ?? '');
    const header = first(request?.getHeader('host')) ?? '';
    this.knownPeer = peer;
    this.known = originGiven(scheme, name, header, peer);
    return this.known;
  }

  override get proxied(): boolean {
    return this.path.charCodeAt(0) !== 47 && /^https?:\/\//.test(this.path);
  }

  requestHeader(name: string): string | undefined {
    return first(this.request?.getHeader(name));
  }

  requestHeaderNames(): readonly string[] {
    return sameNames(this.request?.getHeaderNames() ?? []);
  }

  setHeader(name: string, value: string): void {
    if (this.request && !this.request.headersSent) this.request.setHeader(name, value);
  }

  /** From the list as it came: node makes its object of it only when somebody asks. */
  private get answerHeaders(): HeaderList | undefined {
    if (this.response) this.answered ??= new HeaderList(this.response.rawHeaders);
    return this.answered;
  }

  responseHeader(name: string): string | undefined {
    return this.answerHeaders?.first(name);
  }

  responseHeaderNames(): Iterable<string> {
    return this.answerHeaders?.names() ?? [];
  }

  override get hasTrailers(): boolean {
    return (this.response?.rawTrailers.length ?? 0) > 0;
  }
  override trailer(name: string): string | undefined {
    return this.response?.trailers[name];
  }

  onResponse(response: IncomingMessage): void {
    this.response = response;
    this.status = response.statusCode;
    this.protocolVersion = response.httpVersion;
    this.attach();
  }

  /** Takes the connection from the request; it has one only some turns after its birth. */
  attach(): void {
    const socket = this.request?.socket as (Socket & { encrypted?: boolean }) | null | undefined;
    // TLS within a proxy's tunnel is a socket of its own that no channel tells of
    const connection =
      connectionOf(socket) ?? (socket?.encrypted && !socket.connecting ? adoptConnection(socket) : undefined);
    if (connection) this.useConnection(connection);
  }

  onError(error: unknown): void {
    this.attach();
    this.writeFailed = fieldsOf(error).syscall === 'write' && this.request?.getHeader('content-length') !== undefined;
  }

  /** Waiting for `100 Continue` (RFC 9110 §10.1.1): the body is held back, not stuck. */
  private get heldBack(): boolean {
    return this.request?.getHeader('expect') !== undefined && this.request.writableLength === 0;
  }

  private get stillWriting(): boolean {
    const { request } = this;
    if (!request) return false;
    if (!request.writableEnded) return !this.heldBack;
    return this.writeFailed || request.writableLength > 0 || (request.socket?.writableLength ?? 0) > 0;
  }

  phase(): Phase {
    if (this.status !== undefined) return 'body';
    const connection = this.connection;
    if (!connection) return 'queued';
    if (connection.phase !== 'wait') return connection.phase;
    return this.stillWriting ? 'send' : 'wait';
  }

  sent(): Sent {
    if (this.status === undefined) {
      if (!this.connection?.open || !this.request?.headersSent) return 'no';
    }
    return this.stillWriting ? 'partly' : 'yes';
  }

  /** The whole answer has arrived. */
  get complete(): boolean {
    return this.response?.complete === true;
  }
  /** The application has attached no reader to the answer. */
  get unread(): boolean {
    return this.response !== undefined && this.response.readableFlowing === null;
  }
  get holdsBytes(): boolean {
    return (this.response?.readableLength ?? 0) > 0;
  }
  get bytesRead(): number {
    return (this.request?.socket as Socket | null)?.bytesRead ?? 0;
  }
  /** The answer switches protocols though nobody asked: node closes the socket without a word. */
  get upgradedUnasked(): boolean {
    const { res } = this.request as { res?: { upgrade?: boolean } };
    return res?.upgrade === true && !this.upgraded;
  }
  /** Ended by the application while it still waited for a connection; node tells nobody until there is one. */
  get givenUp(): boolean {
    return this.request?.destroyed === true && !this.request.socket && this.status === undefined;
  }
  /** What the application destroyed the request with. */
  get destroyedWith(): unknown {
    return raisedOn(this.request) ?? this.response?.errored ?? undefined;
  }
  /** The answer to CONNECT, handed on as if it were the target's: over TLS it would have come from a socket that is encrypted. */
  get answeredByProxy(): boolean {
    const socket = this.request?.socket as (Socket & { encrypted?: boolean }) | null | undefined;
    return this.throughProxy && this.scheme === 'https' && socket?.encrypted !== true && !connectionOf(socket);
  }
  /** Its agent goes through a proxy, and the tunnel to the target is not open. Over plain HTTP there is no tunnel. */
  toProxy(error: unknown): boolean {
    if (!this.throughProxy || this.status !== undefined) return false;
    const socket = this.request?.socket as (Socket & { encrypted?: boolean }) | null | undefined;
    const elsewhere = aimsElsewhere(error, this.host, this.port);
    if (elsewhere !== undefined) return elsewhere;
    return this.scheme === 'https' ? socket?.encrypted !== true : this.connection?.open !== true;
  }
  get upgraded(): boolean {
    return (this.request as { upgradeOrConnect?: boolean } | undefined)?.upgradeOrConnect === true;
  }

  protected headSize(): number | undefined {
    return this.response && headSize(this.response.rawHeaders, this.response.statusMessage ?? '');
  }

  /** The header lists are only to be had from request and answer themselves. */
  loosen(): void {
    this.pieces = undefined;
    this.signal = undefined;
  }

  release(): void {
    void this.origin;
    this.loosen();
    this.request = undefined;
    this.response = undefined;
    this.answered = undefined;
    this.connection = undefined;
  }
}
