import type { Socket } from 'node:net';
import { SentPieces } from '../../../src/attempts/index.ts';
import type { Phase } from '../../../src/contract/index.ts';
import { fieldsOf } from '../../../src/raised.ts';
import { TrackedCall } from '../call.ts';
import type { Connection } from '../connections.ts';
import { HeaderList, headSize } from '../header-list.ts';
import { originOf, originOfTarget } from '../origin.ts';
import type { Origin } from '../target.ts';
import type { Begun } from '../timers.ts';
import type { Sent } from '../types.ts';
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

export class UndiciCall extends TrackedCall {
  readonly client = 'undici';
  private request: UndiciRequest | undefined;
  private readonly headers: HeaderList;
  private contentLength: number | null = null;
  protected readonly origin: Origin;
  readonly method: string;
  readonly path: string;
  response: UndiciResponse | undefined = undefined;
  private answered: HeaderList | undefined = undefined;
  /** Names and values in turn; empty for most answers. */
  trailers: readonly unknown[] | Readonly<Record<string, unknown>> | undefined = undefined;
  /** Gives back the listener on the caller's signal. */
  unlisten: (() => void) | undefined = undefined;
  headersSent = false;
  bodySent = false;
  /** The socket the request was written to. */
  private socket: Socket | undefined = undefined;
  private hasBody = false;
  private writeFailed = false;
  /** Made by `fetch`, whose caller sees the signal's reason whatever the connection does. */
  byFetch = false;
  /** What `fetch` was given as the body; undici's own request has only a stream of it. */
  givenBody: unknown = undefined;
  /** When the application asked for it. */
  askedMs = this.startMs;
  get begun(): Begun {
    return { startMs: this.askedMs, turn: this.turn };
  }
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

  setHeader(name: string, value: string): void {
    if (!this.headersSent) this.request?.addHeader?.(name, value);
  }

  private get answerHeaders(): HeaderList | undefined {
    if (this.response) this.answered ??= HeaderList.of(this.response.headers);
    return this.answered;
  }

  responseHeader(name: string): string | undefined {
    return this.answerHeaders?.first(name);
  }

  responseHeaderNames(): Iterable<string> {
    return this.answerHeaders?.names() ?? [];
  }

  override get hasTrailers(): boolean {
    return Array.isArray(this.trailers) && this.trailers.length > 0;
  }
  override trailer(name: string): string | undefined {
    return this.trailers === undefined ? undefined : HeaderList.of(this.trailers).first(name);
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

  onError(error: unknown): void {
    this.writeFailed = this.hasBody && fieldsOf(error).syscall === 'write';
  }

  /** undici took the request as whole, but the kernel has not: a body that fits no socket buffer. */
  private get stillWriting(): boolean {
    const { socket } = this;
    const cut = this.hasBody && this.connection?.unwritten === true;
    return !this.bodySent || this.writeFailed || cut || (socket?.writableLength ?? 0) > 0;
  }

  phase(): Phase {
    if (this.status !== undefined) return 'body';
    // undici 6 over HTTP/2 tells of no headers sent
    if (this.headersSent || this.bodySent) return this.stillWriting ? 'send' : 'wait';
    const at = this.connection ?? connectingTo(this.origin);
    if (!at) return 'queued';
    return at.phase === 'wait' ? 'tls' : at.phase;
  }

  sent(): Sent {
    if (this.headersSent) return this.stillWriting ? 'partly' : 'yes';
    if (this.bodySent || this.status !== undefined) return this.bodySent ? 'yes' : 'partly';
    return 'no';
  }

  /** The exchange is over though no channel said so (an upgrade on older undici). */
  get completed(): boolean {
    return this.request?.completed === true;
  }

  /** Bytes wait in the socket because nobody reads the answer. */
  get unread(): boolean {
    return (this.socket?.readableLength ?? 0) > 0;
  }
  get holdsBytes(): boolean {
    return this.unread;
  }
  get bytesRead(): number {
    return this.socket?.bytesRead ?? 0;
  }

  protected headSize(): number | undefined {
    const { headers, statusText = '' } = this.response ?? {};
    return Array.isArray(headers) ? headSize(headers, statusText) : undefined;
  }

  loosen(): void {
    // the request holds the body it sent
    this.contentLength = this.request?.contentLength ?? null;
    this.request = undefined;
    this.socket = undefined;
    this.givenBody = undefined;
    this.pieces = undefined;
    this.unlisten?.();
    this.unlisten = undefined;
    this.signal = undefined;
  }

  release(): void {
    this.loosen();
    this.response = undefined;
    this.answered = undefined;
    this.trailers = undefined;
    this.connection = undefined;
  }
}
