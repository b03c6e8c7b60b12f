import type { Socket } from 'node:net';
import { SentPieces } from '../../../src/attempts/index.ts';
import type { Phase } from '../../../src/contract/index.ts';
import { fieldsOf } from '../../../src/error-kind.ts';
import { type Backlog, Call } from '../call.ts';
import type { Connection } from '../connections.ts';
import type { Ending, Sent } from '../exchange.ts';
import { HeaderList } from '../header-list.ts';
import { type Origin, originOf, originOfTarget } from '../target.ts';
import { connectingTo } from './connecting.ts';

/** What we read of undici's request object; the same in undici 6, 7 and 8. */
export interface UndiciRequest {
  readonly origin: unknown;
  readonly path: string;
  readonly method: string;
  /** Names and values in turn. */
  readonly headers: readonly unknown[];
  readonly body: unknown;
  readonly completed: boolean;
  readonly contentLength: number | null;
  addHeader?(name: string, value: string): void;
}
/** h1: names and values in turn; h2: an object. */
export interface UndiciResponse {
  readonly statusCode: number;
  readonly statusText?: string;
  readonly headers: readonly unknown[] | Readonly<Record<string, unknown>>;
}

/** All but 303, which is followed without a body. */
const REDIRECTS = new Set([301, 302, 307, 308]);

export class UndiciCall extends Call {
  readonly client = 'undici';
  private request: UndiciRequest | undefined;
  private readonly headers: HeaderList;
  private contentLength: number | null = null;
  protected readonly origin: Origin;
  readonly method: string;
  readonly path: string;
  trailers: HeaderList | undefined = undefined;
  /** Gives back the listener on the caller's signal. */
  unlisten: (() => void) | undefined = undefined;
  headersSent = false;
  /** The socket the request was written to. */
  private socket: Socket | undefined = undefined;
  private hasBody = false;
  private writeFailed = false;
  /** Made by `fetch`, whose caller sees the signal's reason whatever the connection does. */
  byFetch = false;
  /** What `fetch` was given as the body; undici's own request has only a stream of it. */
  givenBody: unknown = undefined;
  /** Its body is a stream. */
  streams = false;
  /** Redirects followed before this request. */
  hops = 0;
  /** `fetch` will refuse to follow this redirect. */
  tooManyHops = false;

  constructor(request: UndiciRequest) {
    super();
    this.request = request;
    this.headers = new HeaderList(request.headers);
    this.method = request.method;
    this.path = request.path;
    this.throughProxy = this.proxied;
    this.origin = this.proxied ? originOfTarget(request.path) : originOf(request.origin);
  }

  /** The answer is a redirect that `fetch` would follow if it could send the body again. */
  get refusesRedirect(): boolean {
    return this.streams && REDIRECTS.has(this.status ?? 0) && this.responseHeader('location') !== undefined;
  }

  override get proxied(): boolean {
    return this.path.charCodeAt(0) !== 47 && this.path.startsWith('http');
  }

  requestHeader(name: string): string | undefined {
    if (name !== 'content-length') return this.headers.first(name);
    const length = this.request ? this.request.contentLength : this.contentLength;
    return length === null ? undefined : String(length);
  }

  requestHeaderNames(): readonly string[] {
    return this.headers.names();
  }

  override setHeader(name: string, value: string): void {
    if (!this.headersSent) this.request?.addHeader?.(name, value);
  }

  protected override handedBody(): unknown {
    if (!this.request) return undefined;
    const body = this.givenBody ?? this.request.body ?? null;
    return body instanceof URLSearchParams ? body.toString() : body;
  }

  /** It has a body that only its own pieces will tell: a stream, a `Blob`, the body of a `Request`. Every `FormData` is another one. */
  isBodyUnknown(): boolean {
    const body = this.handedBody();
    return (
      typeof body === 'object' &&
      body !== null &&
      !(body instanceof Uint8Array) &&
      !(this.givenBody instanceof FormData)
    );
  }

  override bodyPrint(): number | undefined {
    const print = super.bodyPrint();
    // older undici tells of no piece
    return print === 0 && this.pieces ? undefined : print;
  }

  expectPieces(): void {
    this.pieces = new SentPieces();
    this.bodyComes = true;
  }

  onSendHeaders(connection: Connection, socket: Socket): void {
    this.headersSent = true;
    this.unlisten?.();
    this.socket = socket;
    this.hasBody = this.request?.body !== null && this.request?.body !== undefined;
    this.useConnection(connection);
    if (this.hasBody) connection.watchErrors();
  }

  onResponse({ statusCode, statusText = '', headers }: UndiciResponse): void {
    this.protocolVersion = Array.isArray(headers) ? '1.1' : '2';
    this.onHeaders(statusCode, statusText, HeaderList.of(headers));
  }

  onError(error: unknown): void {
    const { syscall } = fieldsOf(error);
    this.writeFailed = this.hasBody && syscall === 'write';
    // of a unix socket that opens undici tells no path
    const { address } = (error ?? {}) as { address?: unknown };
    if (syscall === 'connect' && typeof address === 'string' && /^[/\0\\]/.test(address)) this.socketPath = address;
  }

  /** undici took the request as whole, but the kernel has not: a body that fits no socket buffer. */
  private get stillWriting(): boolean {
    const { socket } = this;
    const cut = this.hasBody && this.connection?.unwritten === true;
    return this.sentMs === 0 || this.writeFailed || cut || (socket?.writableLength ?? 0) > 0;
  }

  phase(): Phase {
    if (this.status !== undefined) return 'body';
    // undici 6 over HTTP/2 tells of no headers sent
    if (this.headersSent || this.sentMs > 0) return this.stillWriting ? 'send' : 'wait';
    const at = this.connection ?? connectingTo(this.origin);
    if (!at) return 'queued';
    if (at.phase !== 'wait') return at.phase;
    return this.scheme === 'https' ? 'tls' : 'queued';
  }

  sent(): Sent {
    if (this.headersSent) return this.stillWriting ? 'partly' : 'yes';
    if (this.sentMs > 0) return 'yes';
    return this.status === undefined ? 'no' : 'partly';
  }

  /** Nobody reads the answer if its bytes wait in the socket. */
  override backlog(): Backlog | undefined {
    if (this.status === undefined) return undefined;
    const { readableLength = 0, bytesRead = 0 } = this.socket ?? {};
    return { unread: readableLength > 0, holds: readableLength > 0, read: bytesRead };
  }

  override untoldEnd(): Ending | undefined {
    // an upgrade on older undici
    if (this.request?.completed) return {};
    const isGivenUp = this.status === undefined && this.byFetch && !this.headersSent && this.signal?.aborted;
    return isGivenUp ? { broken: true } : undefined;
  }

  override loosen(): void {
    super.loosen();
    // the request holds the body it sent
    this.contentLength = this.request?.contentLength ?? null;
    this.request = undefined;
    this.socket = undefined;
    this.givenBody = undefined;
    this.unlisten?.();
    this.unlisten = undefined;
  }

  override release(): void {
    super.release();
    this.trailers = undefined;
  }
}
