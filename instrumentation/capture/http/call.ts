import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { SentPieces } from '../../../src/attempts/index.ts';
import type { Phase } from '../../../src/contract/index.ts';
import { fieldsOf } from '../../../src/error-kind.ts';
import { type Backlog, Call } from '../call.ts';
import { adoptConnection, connectionOf } from '../connections.ts';
import type { Ending, Sent } from '../exchange.ts';
import { HeaderList } from '../header-list.ts';
import { sameNames } from '../header-shape.ts';
import { type Origin, originOf, originOfParts, originOfTarget } from '../target.ts';

/** Members by which agents that go through a proxy are known, whatever their classes are called in a bundle. */
const MEMBERS = ['proxy', 'proxyOptions', 'getProxyForUrl', 'getUrlProxy', 'isProxyConfigured', 'proxyUri', 'proxyEnv'];
const NAMED = /prox|tunnel|socks/i;

interface Agent {
  readonly options?: { readonly proxy?: unknown; readonly proxyEnv?: unknown };
  readonly constructor?: { readonly name?: unknown };
}

/** https-, http-, socks-, pac-proxy-agent, proxy-agent, hpagent, tunnel, tunnel-agent, global-agent, and node's own with `proxyEnv`. */
function isProxyAgent(agent: unknown): boolean {
  if (typeof agent !== 'object' || agent === null) return false;
  const { options, constructor: made } = agent as Agent;
  if (options?.proxyEnv !== undefined || options?.proxy !== undefined) return true;
  if (made?.name === 'Agent' && !('isProxyConfigured' in agent)) return false;
  return MEMBERS.some((member) => (agent as Record<string, unknown>)[member] != null) || NAMED.test(String(made?.name));
}

/** Did a connection fail that was made to somebody else than the target? Agents with exceptions (`NO_PROXY`) also go straight. */
function aimsElsewhere(error: unknown, host: string, port: number): boolean | undefined {
  const { port: aimedPort, hostname } = (error ?? {}) as { port?: unknown; hostname?: unknown };
  if (typeof aimedPort === 'number' && aimedPort !== port) return true;
  if (typeof hostname === 'string') return hostname !== host;
  return undefined;
}

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

export class HttpCall extends Call {
  readonly client = 'http';
  private request: ClientRequest | undefined;
  private response: IncomingMessage | undefined = undefined;
  private known: Origin | undefined = undefined;
  private names: readonly string[] | undefined = undefined;
  readonly method: string;
  readonly path: string;
  private writeFailed = false;
  /** The timer that destroyed the request, if it was its deadline; ms. */
  deadlineMs: number | undefined = undefined;
  /** What the answer is read through: a limit, gunzip. */
  into: unknown = undefined;
  /** What a library told its caller of, and not the request. */
  told: unknown = undefined;
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
    if (this.known && (peer === undefined || this.known.port === peer)) return this.known;
    if (this.proxied) {
      this.known = originOfTarget(this.path);
      return this.known;
    }
    const { request } = this;
    const scheme = request?.protocol === 'https:' ? 'https' : 'http';
    const name = String(request?.host ?? '');
    const header = first(request?.getHeader('host')) ?? '';
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
    // sent headers change no more, and are asked for again and again; until then any may be set
    const names = this.names ?? sameNames(this.request?.getHeaderNames() ?? []);
    if (this.sentMs > 0) this.names = names;
    return names;
  }

  override setHeader(name: string, value: string): void {
    if (this.request && !this.request.headersSent) this.request.setHeader(name, value);
  }

  get trailers(): HeaderList | undefined {
    const { rawTrailers = [] } = this.response ?? {};
    return rawTrailers.length > 0 ? new HeaderList(rawTrailers) : undefined;
  }

  onResponse(response: IncomingMessage): void {
    this.response = response;
    this.protocolVersion = response.httpVersion;
    this.attach();
    // the list as it came: node makes its object of it only when somebody asks
    this.onHeaders(response.statusCode, response.statusMessage ?? '', new HeaderList(response.rawHeaders));
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
  override backlog(): Backlog | undefined {
    const { request, response } = this;
    if (!response) return undefined;
    const { readableFlowing, readableLength } = response;
    const read = (request?.socket as Socket | null)?.bytesRead ?? 0;
    return { unread: readableFlowing === null, holds: readableLength > 0, read };
  }
  /** The answer switches protocols though nobody asked: node closes the socket without a word. */
  get upgradedUnasked(): boolean {
    const { res } = this.request as { res?: { upgrade?: boolean } };
    return res?.upgrade === true && !this.upgraded;
  }
  override untoldEnd(): Ending | undefined {
    const { request, response, deadlineMs } = this;
    // nobody reads it
    if (response?.complete && response.readableFlowing === null) return { endMs: this.headersMs };
    // destroyed while it still waited for a connection: node tells nobody until there is one
    if (!request?.destroyed || request.socket || response) return undefined;
    const error = this.destroyedWith;
    return { error, broken: true, cancelled: error === undefined, deadlineMs, toProxy: this.toProxy(error) };
  }
  /** What the application destroyed the request with. */
  get destroyedWith(): unknown {
    const into = this.into as { readonly errored?: unknown } | undefined;
    return this.told ?? raisedOn(this.request) ?? this.response?.errored ?? into?.errored ?? undefined;
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

  /** Not earlier: the request's headers are only to be had from itself. */
  override release(): void {
    void this.origin;
    super.release();
    this.request = undefined;
    this.response = undefined;
    this.into = undefined;
    this.told = undefined;
  }
}
