import { bodyPrint, type SentPieces } from '../../src/attempts/index.ts';
import type { Phase } from '../../src/contract/index.ts';
import { now } from '../base/now.ts';
import { BodyCapture, readable } from './body.ts';
import type { Connection } from './connections.ts';
import { decodeBody } from './decode.ts';
import { Streamed } from './stream.ts';
import { type Origin, type Target, targetOf } from './target.ts';
import { currentTurn } from './timers.ts';
import type { BodyReader, Call, Client, Sent, Timings } from './types.ts';

const NOTHING = Buffer.alloc(0);
/** A shorter wait is no queue. */
const LEAST_QUEUE_MS = 1;

/** What every client's call shares. One object per attempt; all else is computed when somebody asks. */
export abstract class TrackedCall implements Call {
  abstract readonly client: Client;
  abstract readonly method: string;
  protected abstract readonly origin: Origin;
  abstract readonly path: string;
  startMs = now();
  /** The turn it was begun in. */
  readonly turn = currentTurn();
  endMs = 0;
  readonly timings: Timings = {};
  protocolVersion: string | undefined = undefined;
  tlsNotAfter: number | undefined = undefined;
  status: number | undefined = undefined;
  bodyTruncated = false;
  signal: AbortSignal | undefined = undefined;
  span: unknown = undefined;
  attempt: Call['attempt'] = undefined;
  mayWait = false;
  pending = false;
  keepsBody = false;
  settling: { all(): void } | undefined = undefined;
  /** `sent()` as it was when the call ended. */
  sentAtEnd: Sent | undefined = undefined;

  throughProxy = false;
  /** Neighbours in the list of open calls. */
  previous: TrackedCall | undefined = undefined;
  next: TrackedCall | undefined = undefined;
  ended = false;
  toldPending = false;
  connection: Connection | undefined = undefined;
  reused: Call['reused'] = undefined;
  readonly socketPath: string | undefined = undefined;
  bodyComes = false;
  /** What of the body was seen as it was sent, where it is not known beforehand. */
  pieces: SentPieces | undefined = undefined;
  /** The connection's counter of bytes read when this call got it. */
  private readBefore = 0;
  headersMs = 0;
  sentMs = 0;
  capture: BodyCapture | undefined = undefined;
  reader: BodyReader | undefined = undefined;
  streamed: Streamed | undefined = undefined;
  private text: string | undefined = undefined;
  private aim: Target | undefined = undefined;
  /** What was seen of the request's own body; only where that is switched on. */
  private sentBody: BodyCapture | undefined = undefined;
  /** The last look of the sweeper: bytes read then, and when they last changed. */
  seenBytes = -1;
  seenMs = 0;
  /** How often they had changed. */
  moves = 0;
  /** Gives back the body channel. */
  unwatch: (() => void) | undefined = undefined;

  abstract requestHeader(name: string): string | undefined;
  abstract requestHeaderNames(): readonly string[];
  abstract setHeader(name: string, value: string): void;
  abstract responseHeader(name: string): string | undefined;
  abstract responseHeaderNames(): Iterable<string>;
  /** Where the call is now. */
  abstract phase(): Phase;
  abstract sent(): Sent;
  /** Bytes of the answer have come that nobody has read. */
  abstract get holdsBytes(): boolean;
  /** The target is reached through a proxy in plain HTTP: the request line holds the whole URL (RFC 9112 §3.2.2). */
  get proxied(): boolean {
    return false;
  }

  get scheme(): string {
    return this.origin.scheme;
  }
  get host(): string {
    return this.origin.host;
  }
  get port(): number {
    return this.origin.port;
  }

  get peerAddress(): string | undefined {
    return this.connection?.peerAddress;
  }

  get peerPort(): number | undefined {
    return this.connection?.peerPort;
  }

  /** Its origin may become better known while the call runs. */
  get target(): Target {
    const { origin } = this;
    if (this.aim?.origin !== origin) this.aim = targetOf(origin, this.path, this.proxied);
    return this.aim!;
  }

  url(): string {
    return this.target.url;
  }

  /** The call has its connection. */
  useConnection(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    const { freedMs, calls, startMs } = connection;
    if (connection.claim(this.timings)) this.tlsNotAfter = connection.tlsNotAfter;
    else if (calls > 0)
      this.reused = { calls, idleMs: Math.max(0, this.startMs - freedMs), roundTripMs: connection.roundTripMs };
    this.readBefore = connection.readBefore;
    connection.calls++;
    const queue = (this.reused ? freedMs : startMs) - this.startMs;
    if (queue >= LEAST_QUEUE_MS) this.timings.queue = queue;
  }

  get certificate(): Call['certificate'] {
    return this.connection?.certificate;
  }

  /** Size of the answer's head on the wire; undefined where it is not known. */
  protected abstract headSize(): number | undefined;

  received(): number | undefined {
    const head = this.headSize();
    const read = this.connection?.socket.bytesRead;
    return head === undefined || read === undefined ? undefined : Math.max(0, read - this.readBefore - head);
  }

  /** Starts keeping the answer's body. Its type is looked at only when the body is: until then every step is in the application's way. */
  keepBody(): void {
    this.capture ??= new BodyCapture();
    this.keepsBody = true;
  }

  /** Has the answer's bytes read as they pass. */
  read(reader: BodyReader): void {
    this.reader = reader;
    if (reader.isStream) this.streamed = new Streamed(this.client === 'undici');
  }

  /** A piece of the answer's body, on its way to the application. */
  onChunk(bytes: Uint8Array): void {
    const { reader } = this;
    if (reader === undefined) {
      this.capture?.add(bytes);
      return;
    }
    this.streamed?.note(bytes);
    reader.add(bytes);
  }

  get hasTrailers(): boolean {
    return false;
  }
  trailer(_name: string): string | undefined {
    return undefined;
  }

  settle(): void {
    this.settling?.all();
  }

  body(): string | undefined {
    if (this.capture) {
      this.bodyTruncated = this.capture.truncated;
      const bytes = this.capture.take();
      this.capture = undefined;
      if (readable(this.responseHeader('content-type')))
        this.text = decodeBody(bytes, this.responseHeader('content-encoding'));
    }
    return this.text;
  }

  /** Keeps a piece of the request's body. */
  addSent(chunk: unknown, encoding?: unknown): void {
    // an answer may come before the request's end
    if (this.ended || !(typeof chunk === 'string' || chunk instanceof Uint8Array)) return;
    if (this.sentBody === undefined && !readable(this.requestHeader('content-type'))) return;
    this.sentBody ??= new BodyCapture();
    this.sentBody.add(chunk, encoding);
  }

  /** What the application handed over with the call: null for no body, undefined if it is not known. */
  protected handedBody(): unknown {
    return this.method === 'GET' || this.method === 'HEAD' ? null : undefined;
  }

  requestBody(): { readonly text: string; readonly truncated: boolean } | undefined {
    if (this.sentBody === undefined && readable(this.requestHeader('content-type'))) {
      const handed = this.handedBody();
      if (typeof handed === 'string' || handed instanceof Uint8Array) {
        this.sentBody = new BodyCapture();
        this.sentBody.add(handed);
      }
    }
    const text = decodeBody(this.dropSent(), this.requestHeader('content-encoding'));
    return text === undefined ? undefined : { text, truncated: this.sentBody!.truncated };
  }

  /** The bytes kept of the request's body; their share of the process's memory is given back. */
  dropSent(): Buffer {
    return this.sentBody?.take() ?? NOTHING;
  }

  /** The body's pieces were sent, all of them. */
  onBodySent(): void {
    this.bodyComes = false;
    this.sentMs = now();
    this.attempt?.written?.(this);
  }

  bodyPrint(): number | undefined {
    if (this.pieces) return this.bodyComes ? undefined : this.pieces.print();
    const body = this.handedBody();
    if (body === null) return 0;
    return typeof body === 'string' || body instanceof Uint8Array ? bodyPrint(body) : undefined;
  }

  /** Drops what only an open call needs; the headers of both sides can still be read. */
  abstract loosen(): void;
  /** Drops everything of the client's, so that a queued span keeps nothing of it alive. */
  abstract release(): void;
}
