import type { Guard } from '../base/guard.ts';
import type { Call } from './call.ts';
import type { BodyReader, Ending, Sent } from './exchange.ts';

export type { Call } from './call.ts';
export type * from './exchange.ts';

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
