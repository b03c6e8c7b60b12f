import type { Phase } from '../../src/contract/index.ts';
import { now } from '../base/now.ts';
import { Bodies } from './body.ts';
import type { Connection } from './connections.ts';
import type { Ending, Sent, Timings } from './exchange.ts';
import { type HeaderList, headSize } from './header-list.ts';
import { type Origin, type Target, targetOf } from './target.ts';
import { currentTurn } from './timers.ts';

const NONE: readonly string[] = [];
/** A shorter wait is no queue. */
const LEAST_QUEUE_MS = 1;

/** Free for whoever reads attempts; on the call, because a WeakMap entry per call costs the collector more than the rest of the reading. */
interface AttemptOf {
  /** Its answer is a redirect, which is followed before the call has ended. */
  redirects(call: Call): void;
  /** Its body was sent. */
  written(call: Call): void;
}

/** Of an answer that has come. */
export interface Backlog {
  readonly unread: boolean;
  /** Bytes wait that the client has not handed on. */
  readonly holds: boolean;
  /** Bytes that the client has read so far. */
  readonly read: number;
}

/**
 * One attempt on the wire, from the request object's birth to the end of the exchange. Mutable until `CaptureSink.end` returns. One object per
 * attempt; what is not a field is computed when somebody asks.
 */
export abstract class Call extends Bodies {
  protected abstract readonly origin: Origin;
  /** Path and query as sent, never with a fragment. May hold secrets: redact before it leaves the process. */
  abstract readonly path: string;
  /** Path of the unix socket it went over. */
  socketPath: string | undefined = undefined;
  /** It goes, or may go, through a proxy. */
  throughProxy = false;
  /** The caller's signal where it is known. */
  signal: AbortSignal | undefined = undefined;

  /** `performance.now()`, ms: when the application asked, at the request's birth, its end, the answer's headers and the end; 0 before. */
  startMs = now();
  askedMs = this.startMs;
  sentMs = 0;
  headersMs = 0;
  endMs = 0;
  /** The turn it was begun in. */
  readonly turn = currentTurn();
  readonly timings: Timings = {};

  connection: Connection | undefined = undefined;
  /** Its connection had carried calls before: how many, for how long it lay idle, and the way there and back when it was made; ms. */
  reused: { readonly calls: number; readonly idleMs: number; readonly roundTripMs: number } | undefined = undefined;
  /** `1.0`, `1.1`, `2`. */
  protocolVersion: string | undefined = undefined;
  /** Unix seconds; only on the first call of a new TLS connection. */
  tlsNotAfter: number | undefined = undefined;
  /** The connection's counter of bytes read when this call got it. */
  private readBefore = 0;

  status: number | undefined = undefined;
  private statusText = '';
  private answered: HeaderList | undefined = undefined;
  /** Gives back what looks at its bytes. */
  unwatch: (() => void) | undefined = undefined;

  /** Free for the sink: its span. */
  span: unknown = undefined;
  attempt: AttemptOf | undefined = undefined;
  /**
   * Set by the sink at the start: an answered call may be told some time after its end, with others. Until then no part of the answer is judged.
   */
  mayWait = false;
  ended = false;
  /** Ended, and still to be told. */
  pending = false;
  toldPending = false;
  endedCalls: { all(): void } | undefined = undefined;
  /** `sent()` as it was when the call ended. */
  sentAtEnd: Sent | undefined = undefined;
  private aim: Target | undefined = undefined;
  /** The last look of the sweeper: bytes read then, when they last changed, and how often they had. */
  seenBytes = -1;
  seenMs = 0;
  moves = 0;

  /** In lower case; the same array for the same names, as a rule. Only inside `CaptureSink.start` and `CaptureSink.end`, as the values. */
  abstract requestHeaderNames(): readonly string[];
  /** Adds a header before the request leaves; does nothing where the client no longer allows it. Only inside `CaptureSink.start`. */
  setHeader(_name: string, _value: string): void {}
  /** Where the call is now, or was when it ended. */
  abstract phase(): Phase;
  abstract sent(): Sent;

  /** What waits on this side of an answer that has come. */
  backlog(): Backlog | undefined {
    return undefined;
  }
  /** How it has ended, if no event will ever tell. */
  untoldEnd(): Ending | undefined {
    return undefined;
  }

  /** Plain HTTP through a proxy: `path` is the whole URL (RFC 9112 §3.2.2). */
  get proxied(): boolean {
    return false;
  }
  get scheme(): string {
    return this.origin.scheme;
  }
  /** Host name or IP literal without brackets, as the application wrote it. */
  get host(): string {
    return this.origin.host;
  }
  get port(): number {
    return this.origin.port;
  }

  /** It failed, or bytes of it may tell that it did. */
  get mayFail(): boolean {
    return (this.status ?? 0) >= 400 || this.keepsBody || this.reader !== undefined;
  }

  /** What every call of this URL has in common. Its origin may become better known while the call runs. */
  get target(): Target {
    const { origin } = this;
    if (this.aim?.origin !== origin) this.aim = targetOf(origin, this.path, this.proxied);
    return this.aim!;
  }
  /** The whole URL, unredacted. */
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

  /** The body's pieces were sent, all of them. */
  onBodySent(): void {
    this.bodyComes = false;
    this.sentMs = now();
    this.attempt?.written(this);
  }

  /** The answer's headers have come. */
  protected onHeaders(status: number | undefined, statusText: string, headers: HeaderList): void {
    this.headersMs = now();
    this.status = status;
    this.statusText = statusText;
    this.answered = headers;
    const { queue = 0, dns = 0, tcp = 0, tls = 0 } = this.timings;
    // an answer may come before the request's end
    const waitsFrom = Math.max(this.sentMs, this.startMs + queue + dns + tcp + tls);
    this.timings.wait = Math.max(0, this.headersMs - waitsFrom);
  }
  responseHeader(name: string): string | undefined {
    return this.answered?.first(name);
  }
  responseHeaderNames(): readonly string[] {
    return this.answered?.names() ?? NONE;
  }
  /** What came behind the answer's body (RFC 9110 §6.5), if anything did; inside `CaptureSink.end`. */
  abstract readonly trailers: HeaderList | undefined;
  /** Bytes of the answer's body that came; only inside `CaptureSink.end`, over HTTP/1. */
  received(): number | undefined {
    const read = this.connection?.socket.bytesRead;
    if (read === undefined || this.answered === undefined || this.protocolVersion === '2') return undefined;
    return Math.max(0, read - this.readBefore - headSize(this.answered.flat, this.statusText));
  }

  /** Tells the sink of a pending call, and of those that ended before it, now. */
  settle(): void {
    this.endedCalls?.all();
  }
  /** Drops what only an open call needs; the headers of both sides can still be read. */
  loosen(): void {
    this.pieces = undefined;
    this.signal = undefined;
  }
  /** Drops everything of the client's, so that a queued span keeps nothing of it alive. */
  release(): void {
    this.loosen();
    this.reader = undefined;
    this.answered = undefined;
    this.connection = undefined;
  }
}
