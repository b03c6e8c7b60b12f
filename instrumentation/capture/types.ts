import type { Guard } from '../base/guard.ts';
import type { Call } from './call.ts';
import type { BodyReader, Ending, Sent } from './exchange.ts';
import type { Library } from './patch.ts';

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
  /** An answered call has ended and is told later. */
  waits?(call: Call): void;
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
  /** More libraries to look out for as they are loaded. */
  readonly libraries?: readonly Library[];
}
