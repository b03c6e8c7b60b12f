import type { Phase } from '../../src/contract/index.ts';
import type { StreamReader } from '../../src/stream/index.ts';
import type { Guard } from '../base/guard.ts';
import type { Target } from './target.ts';

/** Which code made the call; `undici` covers `fetch` and every undici copy in the process. */
export type Client = 'undici' | 'http' | 'http2';

/**
 * Did bytes of the request leave this process? `no`: certainly none, a repeat is safe. `yes`: all were handed to the kernel.
 * `partly`: some. `unknown`: the connection is gone and cannot be asked.
 */
export type Sent = 'no' | 'partly' | 'yes' | 'unknown';

/** Durations of one call in milliseconds; a reused connection has none of the first three. */
export interface Timings {
  /** In the client's own queue, until there was a connection. */
  queue?: number;
  dns?: number;
  tcp?: number;
  tls?: number;
  /** From the request's end (or start, when the end is not known) to the response headers. */
  wait?: number;
  /** From the response headers to the end of the body. */
  body?: number;
}

/** Looks at the bytes of one answer as they pass. */
export interface BodyReader extends StreamReader {
  /** The answer comes over time, so its pauses mean something. */
  readonly isStream: boolean;
  /** To ask it takes time, or is seldom worth it. */
  readonly isLater: boolean;
}

/** When the pieces of a streamed answer came. */
export interface StreamTimes {
  /** `performance.now()` of the first piece, ms; 0 before. */
  readonly firstMs: number;
  /** The longest silence between two pieces, ms; not the time for which this side did not read. */
  readonly gapMs: number;
  readonly bytes: number;
}

/** One attempt on the wire, from the request object's birth to the end of the exchange. Mutable until `CaptureSink.end` returns. */
export interface Call {
  readonly client: Client;
  readonly method: string;
  readonly scheme: string;
  /** Host name or IP literal without brackets, as the application wrote it. */
  readonly host: string;
  readonly port: number;
  /** Path and query as sent, never with a fragment. May hold secrets: redact before it leaves the process. */
  readonly path: string;
  /** Plain HTTP through a proxy: `path` is the whole URL (RFC 9112 §3.2.2). */
  readonly proxied: boolean;
  /** It goes, or may go, through a proxy. */
  readonly throughProxy: boolean;
  /** The whole URL, unredacted. */
  url(): string;
  /** What every call of this URL has in common. */
  readonly target: Target;

  /** First value of a request header by lower-case name. */
  requestHeader(name: string): string | undefined;
  /** In lower case; the same array for the same names, as a rule. Only inside `CaptureSink.start` and `CaptureSink.end`, as the values. */
  requestHeaderNames(): readonly string[];
  /** Adds a header before the request leaves; does nothing where the client no longer allows it. Only inside `CaptureSink.start`. */
  setHeader(name: string, value: string): void;

  /** `performance.now()` at the start, ms. */
  readonly startMs: number;
  /** `performance.now()` when the response headers came, ms; 0 before. */
  readonly headersMs: number;
  /** `performance.now()` when the call ended, ms. Set before `CaptureSink.end`. */
  endMs: number;
  readonly timings: Timings;

  readonly peerAddress: string | undefined;
  readonly peerPort: number | undefined;
  /** Its connection had carried calls before: how many, for how long it lay idle, and the way there and back when it was made; ms. */
  readonly reused: { readonly calls: number; readonly idleMs: number; readonly roundTripMs: number } | undefined;
  /** Path of the unix socket it went over. */
  readonly socketPath: string | undefined;
  /** Of the server's certificate, as node tells them. */
  readonly certificate: { readonly issuer: string | undefined; readonly validTo: string } | undefined;
  /** Bytes of the answer's body that came; only inside `CaptureSink.end`, over HTTP/1. */
  received(): number | undefined;
  /** `1.0`, `1.1`, `2`. */
  protocolVersion: string | undefined;
  /** Unix seconds; only on the first call of a new TLS connection. */
  tlsNotAfter: number | undefined;

  status: number | undefined;
  /** First value of a response header by lower-case name; undefined before the response. */
  responseHeader(name: string): string | undefined;
  responseHeaderNames(): Iterable<string>;
  /** The captured start of the response body as text, content coding undone; only for failing answers. Decoded on demand. */
  body(): string | undefined;
  /** The captured body is not the whole body. */
  bodyTruncated: boolean;
  /**
   * The start of the request's own body as text, content coding undone; only with {@link CaptureOptions.requestBodies}, of media types that are
   * text, and as far as it was seen. Only inside `CaptureSink.end`.
   */
  requestBody(): { readonly text: string; readonly truncated: boolean } | undefined;
  /**
   * Print of the request's body (`src/attempts/body.ts`), 0 without one; undefined where it is not known: a stream, `FormData`, a `Request`,
   * HTTP/2. Until the call is told.
   */
  bodyPrint(): number | undefined;
  /** The application may still write the body; `attempt.written` is called when it did. */
  readonly bodyComes: boolean;

  /** Where the call is now, or was when it ended. */
  phase(): Phase;
  /** The caller's signal where it is known. */
  readonly signal: AbortSignal | undefined;

  /**
   * Set by the sink at the start: an answered call may be told some time after its end, with others. Until then no part of the answer
   * is judged, so an adopted span, which must end with its call, never waits.
   */
  mayWait: boolean;
  /** Ended, and still to be told. */
  readonly pending: boolean;
  /** The answer's body is kept, because it failed or may be a failure. */
  readonly keepsBody: boolean;
  /** What {@link CaptureOptions.readerOf} gave for the answer. */
  readonly reader: BodyReader | undefined;
  readonly streamed: StreamTimes | undefined;
  /** Something came behind the answer's body. */
  readonly hasTrailers: boolean;
  /** First value of a trailer by lower-case name (RFC 9110 §6.5); inside `CaptureSink.end`. */
  trailer(name: string): string | undefined;
  /** Tells the sink of a pending call, and of those that ended before it, now. */
  settle(): void;

  /** Free for the sink: its span. */
  span: unknown;
  /** Free for whoever reads attempts; a field, because a WeakMap entry per call costs the collector more than the rest of the reading. */
  attempt?: { redirects?(call: Call): void; written?(call: Call): void } | undefined;
}

/** How a call ended, as the client told it. */
export interface Ending {
  /** What the client raised; undefined when the exchange ended well. */
  readonly error?: unknown;
  /** The exchange did not end well, with or without an error. */
  readonly broken?: boolean;
  readonly timedOut?: boolean;
  /** The deadline that ended it, in milliseconds, where it is known; implies {@link timedOut}. */
  readonly deadlineMs?: number | undefined;
  readonly cancelled?: boolean;
  readonly toProxy?: boolean;
  /** What the caller aborted with, where its signal is not known itself. */
  readonly abortReason?: unknown;
  /** A redirect that the client will not follow any more. */
  readonly redirectLoop?: boolean;
  /** A redirect that the request's body, a stream, cannot follow. */
  readonly redirectRefused?: boolean;
  readonly endMs?: number;
}

/** Who is told of calls. */
export interface CaptureSink {
  /** A request is being made: the other subscribers of its client's channel are told next, then `start` is called. */
  opening?(): void;
  /** They have been told. */
  opened?(): void;
  /** Called synchronously in the caller's async context, before anything is sent. Return `false` to leave this call alone. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a sink that never declines returns nothing
  start(call: Call): boolean | void;
  /** A call of a failing answer, or of one that may be a failure, has ended and is told later. */
  noted?(call: Call): void;
  /**
   * A WebSocket ended abnormally (RFC 6455 §7.4).
   * @param handshake undefined when it cannot be told which it was
   */
  socketEnded?(call: Call, handshake: Call | undefined, code: number): void;
  /** Exactly once for every started call. */
  end(call: Call, ending: Ending, sent: Sent): void;
  /** The process ends or freezes, and this call has not ended. */
  pending?(call: Call): void;
}

export interface CaptureOptions {
  /** Counts every fault inside a handler of ours; the application never sees one. */
  readonly guard?: Guard;
  /** Which answers may be failures inside a 2xx, so that their bodies are kept; asked when the headers have come. */
  readonly readsSuccessBodies?: (call: Call) => boolean;
  /** Who is to see the bytes of a 2xx answer, asked when its headers have come. */
  readonly readerOf?: (call: Call) => BodyReader | undefined;
  /** Keep the start of every request's body until its call has ended. Off unless the user asks: bodies are the application's own data. */
  readonly requestBodies?: boolean;
}

/** A running capture. */
export interface Capture {
  /** Ends calls whose end no event tells (responses nobody reads, calls cancelled while connecting). Runs by itself once a second. */
  sweep(): void;
  /** Tells of every call that has ended. */
  settle(): void;
  /** Ends every open call whose answer has arrived, and tells of all; for the moment before the process exits. */
  drain(): void;
  /** As `drain`, but of the open calls only those that failed are ended; all others are told as pending. For an end that does not wait. */
  conclude(): void;
  stop(): void;
  /** Visits every call that has not ended. */
  eachOpen(visit: (call: Call) => void): void;
  /** Calls started and not ended. */
  readonly open: number;
}
