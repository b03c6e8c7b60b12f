import type { ClientHttp2Stream } from 'node:http2';
import type { Phase } from '../../../src/contract/index.ts';
import { type Backlog, Call } from '../call.ts';
import type { Sent } from '../exchange.ts';
import { HeaderList } from '../header-list.ts';
import { type Origin, originOf } from '../target.ts';
import { type Session, sessionOf } from './session.ts';

export type Headers = Readonly<Record<string, unknown>>;

/** Its header block is already encoded when node tells of the stream, so that no header can be added. */
export class Http2Call extends Call {
  readonly client = 'http2';
  private stream: ClientHttp2Stream | undefined;
  private readonly headers: HeaderList;
  protected readonly origin: Origin;
  readonly method: string;
  readonly path: string;
  trailers: HeaderList | undefined = undefined;
  /** Of a stream that has ended node forgets it. */
  readonly session: Session | undefined;

  constructor(stream: ClientHttp2Stream, headers: Headers) {
    super();
    this.stream = stream;
    this.session = sessionOf(stream.session);
    this.headers = HeaderList.of(headers);
    const { ':method': method = 'GET', ':path': path = '/', ':scheme': scheme = 'https' } = headers;
    this.method = String(method);
    this.path = String(path);
    this.origin = originOf(`${scheme}://${headers[':authority'] ?? 'localhost'}`);
    this.protocolVersion = '2';
    this.attach();
  }

  requestHeader(name: string): string | undefined {
    return this.headers.first(name);
  }

  requestHeaderNames(): readonly string[] {
    return this.headers.names();
  }

  get isGrpc(): boolean {
    return this.requestHeader('content-type')?.startsWith('application/grpc') === true;
  }

  onResponse(headers: Headers): void {
    this.attach();
    this.onHeaders(Number(headers[':status']), '', HeaderList.of(headers));
  }

  /** The set-up timings are whole only once the connection is open. */
  attach(): void {
    const connection = this.session?.connection;
    if (connection?.open) this.useConnection(connection);
    else this.connection = connection ?? this.connection;
  }

  private get stillWriting(): boolean {
    return this.stream?.writableEnded !== true || (this.sentMs === 0 && this.stream.writableLength > 0);
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

  override backlog(): Backlog | undefined {
    if (!this.stream) return undefined;
    const { readableFlowing, readableLength } = this.stream;
    return { unread: readableFlowing === null, holds: readableLength > 0, read: readableLength };
  }

  override loosen(): void {
    super.loosen();
    this.stream = undefined;
  }

  override release(): void {
    super.release();
    this.trailers = undefined;
  }
}
