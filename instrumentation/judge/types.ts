import type { LayerName, Reason } from '../../src/contract/index.ts';
import type { Evidence } from '../../src/extract/index.ts';
import type { Call, CaptureSink, Sent } from '../capture/types.ts';
import type { Rpc } from './rpc.ts';

export interface Outcome {
  readonly kind: 'ok' | 'failed' | 'cancelled';
  readonly layer?: LayerName;
  readonly reason?: Reason;
  /** What the client raised, never changed. */
  readonly error?: unknown;
  readonly sent: Sent;
  /** The call was a remote procedure call. */
  readonly rpc?: Rpc | undefined;
  /** The limit that was set, where a deadline ended the call and it is known; ms. */
  readonly deadlineMs?: number | undefined;
  /** What the answer's headers and body said. */
  readonly evidence?: Evidence | undefined;
}

/** A failing answer, as a hook of the application reads it. */
export interface HookedAnswer {
  /** HTTP status code. */
  readonly status: number;
  /** Name or address the call went to, without port. */
  readonly host: string;
  /** First value of a response header by lower-case name. */
  header(name: string): string | undefined;
  /** What was kept of the body, at most 16 KiB as text; undefined where there is none. */
  readonly body: string | undefined;
}
/** What such a hook found; what it leaves out is found as usual. */
export interface Classification {
  /** `api.provider.code`. */
  readonly code?: string;
  /** `api.provider.message`; redacted afterwards. */
  readonly message?: string;
  /** `api.provider.request_id`. */
  readonly requestId?: string;
  /** Wait before the next attempt, in seconds. */
  readonly retryAfter?: number;
  /** `api.failure.layer`. */
  readonly layer?: LayerName;
}
/** Reads a failing answer; undefined leaves it to the generic rules. */
export type Classify = (answer: HookedAnswer) => Classification | undefined;

/** Who is told of judged calls. */
export interface CallSink extends Omit<CaptureSink, 'end'> {
  /** Exactly once for every started call. */
  end(call: Call, outcome: Outcome): void;
}
