import type { StreamReader } from '../../src/stream/index.ts';

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
