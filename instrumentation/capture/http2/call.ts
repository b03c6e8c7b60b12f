import type { ClientHttp2Stream } from 'node:http2';
import type { Phase } from '../../../src/contract/index.ts';
import { TrackedCall } from '../call.ts';
import { sameNames } from '../header-shape.ts';
import { originOf } from '../origin.ts';
import type { Origin } from '../target.ts';
import type { Sent } from '../types.ts';
import { type Session, sessionOf } from './session.ts';

export type Headers = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined || one === null ? undefined : String(one);
};

export class Http2Call extends TrackedCall {
  readonly client = 'http2';
  private stream: ClientHttp2Stream | undefined;
  private readonly requestHeaders: Headers;
  private responseHeaders: Headers | undefined = undefined;
  protected readonly origin: Origin;
  readonly method: string;
  readonly path: string;
  trailers: Headers | undefined = undefined;
  bodySent = false;
  /** Of a stream that has ended node forgets it. */
  readonly session: Session | undefined;

  constructor(stream: ClientHttp2Stream, headers: Headers) {
    super();
    this.stream = stream;
    this.session = sessionOf(stream.session);
    this.requestHeaders = headers;
    this.method = text(headers[':method']) ?? 'GET';
    this.path = text(headers[':path']) ?? '/';
    this.origin = originOf(`${text(headers[':scheme']) ?? 'https'}://${text(headers[':authority']) ?? 'localhost'}`);
    this.protocolVersion = '2';
    this.attach();
  }

  requestHeader(name: string): string | undefined {
    return text(this.requestHeaders[name]);
  }

  requestHeaderNames(): readonly string[] {
    return sameNames(Object.keys(this.requestHeaders));
  }

  /** The header block is already encoded when node tells of the stream. */
  setHeader(): void {}

  responseHeader(name: string): string | undefined {
    return text(this.responseHeaders?.[name]);
  }
  responseHeaderNames(): Iterable<string> {
    return Object.keys(this.responseHeaders ?? {});
  }

  get isGrpc(): boolean {
    return this.requestHeader('content-type')?.startsWith('application/grpc') === true;
  }

  override get hasTrailers(): boolean {
    return this.trailers !== undefined;
  }
  override trailer(name: string): string | undefined {
    return text(this.trailers?.[name]);
  }

  onResponse(headers: Headers): void {
    this.responseHeaders = headers;
    this.status = Number(headers[':status']);
    this.attach();
  }

  /** The set-up timings are whole only once the connection is open. */
  attach(): void {
    const connection = this.session?.connection;
    if (connection?.open) this.useConnection(connection);
    else this.connection = connection ?? this.connection;
  }

  private get stillWriting(): boolean {
    return this.stream?.writableEnded !== true || (!this.bodySent && this.stream.writableLength > 0);
  }

  phase(): Phase {
    if (this.status !== undefined) return 'body';
    if (this.connection && this.connection.phase !== 'wait') return this.connection.phase;
    if (this.stream?.id === undefined) return 'queued';
    return this.stillWriting ? 'send' : 'wait';
  }

  sent(): Sent {
    if (this.status === undefined && (this.stream?.id === undefined || this.connection?.open === false)) return 'no';
    return this.stillWriting ? 'partly' : 'yes';
  }

  get unread(): boolean {
    return this.stream?.readableFlowing === null;
  }
  get holdsBytes(): boolean {
    return this.bytesRead > 0;
  }
  get bytesRead(): number {
    return this.stream?.readableLength ?? 0;
  }

  protected headSize(): undefined {
    return undefined;
  }

  loosen(): void {
    this.stream = undefined;
    this.signal = undefined;
  }

  release(): void {
    this.loosen();
    this.responseHeaders = undefined;
    this.trailers = undefined;
    this.connection = undefined;
  }
}
