import { isCancel } from '../../src/layers/errors.ts';
import { classifyTransport } from '../../src/layers/transport.ts';
import { now } from '../now.ts';
import { subscribe, unsubscribe } from '../place.ts';
import { judgeAnswer } from './answer.ts';
import type { TrackedCall } from './call.ts';
import { guarded, guardedSubscriber, type OnFault } from './guard.ts';
import { OpenCalls } from './open-calls.ts';
import { Settling } from './settle.ts';
import type { CallSink, CaptureOptions, Outcome, Sent } from './types.ts';

/** How a call ended, as the client told it. */
export interface Ending {
  /** What the client raised; undefined when the exchange ended well. */
  readonly error?: unknown;
  /** The exchange did not end well, with or without an error. */
  readonly broken?: boolean;
  readonly timedOut?: boolean;
  readonly cancelled?: boolean;
  readonly toProxy?: boolean;
  /** What the caller aborted with, where its signal is not known itself. */
  readonly abortReason?: unknown;
  /** A redirect that the client will not follow any more. */
  readonly redirectLoop?: boolean;
  readonly endMs?: number;
}

/** The exchange ended well. */
export const WELL: Ending = {};

/** Begins and ends calls; every client's channels feed it. */
export class Tracker {
  readonly open = new OpenCalls();
  readonly onFault: OnFault | undefined;
  /** Whether requests' own bodies are kept until their calls end. */
  readonly requestBodies: boolean;
  /** A call was opened. */
  onBegin: () => void = () => {};
  /** Calls that are told later. */
  readonly settling: Settling;
  private readonly sink: CallSink;
  private readonly readsSuccess: NonNullable<CaptureOptions['readsSuccessBodies']>;
  private readonly subscriptions: (() => void)[] = [];

  constructor(sink: CallSink, options: CaptureOptions) {
    this.sink = sink;
    this.onFault = options.onFault;
    this.requestBodies = options.requestBodies === true;
    this.readsSuccess = options.readsSuccessBodies ?? (() => false);
    this.settling = new Settling(
      this.guard('settle', (call: TrackedCall) => this.tell(call, WELL, call.sentAtEnd ?? 'unknown')),
    );
  }

  /** Returns whether the sink wants the call. */
  begin(call: TrackedCall): boolean {
    if (this.sink.start(call) === false) return false;
    this.open.add(call);
    this.onBegin();
    return true;
  }

  /** Whether the answer's body is worth keeping: it failed, or its host fails inside 2xx. */
  wantsBody(call: TrackedCall): boolean {
    const status = call.status ?? 0;
    if (status < 200 || (status >= 300 && status < 400)) return false;
    return status >= 400 || this.readsSuccess(call.host, call.responseHeader('content-type'), call.path);
  }

  end(call: TrackedCall, ending: Ending = WELL): void {
    if (call.ended) return;
    call.ended = true;
    this.open.remove(call);
    call.endMs = ending.endMs ?? now();
    if (call.headersMs > 0) call.timings.body = Math.max(0, call.endMs - call.headersMs);
    call.unwatch?.();
    const sent = call.sent();
    const { status = 0 } = call;
    // a redirect's next hop comes within the turn and must find it told
    if (!call.mayWait || ending !== WELL || status < 200 || (status >= 300 && status < 400)) {
      this.settling.all();
      this.tell(call, ending, sent);
      return;
    }
    call.sentAtEnd = sent;
    // the request's body is only known to the request
    if (!this.requestBodies) call.loosen();
    if (status >= 400 || call.keepsBody) this.sink.noted?.(call);
    this.settling.add(call);
  }

  private tell(call: TrackedCall, ending: Ending, sent: Sent): void {
    try {
      this.sink.end(call, this.outcome(call, ending, sent));
    } finally {
      call.body();
      call.dropSent();
      call.release();
    }
  }

  private outcome(call: TrackedCall, ending: Ending, sent: Sent): Outcome {
    const { error } = ending;
    // A failing answer is the failure, however its body ended: the provider said what is wrong.
    if (call.status !== undefined && (call.status >= 400 || (!ending.broken && call.keepsBody))) {
      const { layer, reason, evidence } = judgeAnswer(call);
      return layer ? { kind: 'failed', layer, reason, error, sent, evidence } : { kind: 'ok', sent, evidence };
    }
    if (ending.redirectLoop) return { kind: 'failed', layer: 'endpoint', reason: 'http.response.redirect_loop', sent };
    if (!ending.broken) return { kind: 'ok', sent };
    const reason = call.signal?.aborted ? call.signal.reason : ending.abortReason;
    const aborted = reason !== undefined && (error === undefined || error === reason || isCancel(error));
    const raised = error ?? reason;
    const verdict = classifyTransport({
      phase: call.phase(),
      error: aborted ? reason : raised,
      toProxy: ending.toProxy === true || call.proxied,
      timedOut: ending.timedOut === true,
      cancelled: ending.cancelled === true || aborted,
    });
    return { ...verdict, error: raised, sent };
  }

  /** A guarded handler. */
  guard<This, Args extends unknown[]>(where: string, handler: (this: This, ...args: Args) => void) {
    return guarded(where, handler, this.onFault);
  }

  /** Subscribes guarded handlers by channel name, until stopped. */
  subscribe(handlers: Readonly<Record<string, (message: never) => void>>): void {
    for (const [name, handler] of Object.entries(handlers)) {
      const safe = guardedSubscriber(name, handler, this.onFault);
      subscribe(name, safe);
      this.onStop(() => unsubscribe(name, safe));
    }
  }

  onStop(undo: () => void): void {
    this.subscriptions.push(undo);
  }

  stop(): void {
    this.settling.all();
    for (const undo of this.subscriptions.splice(0)) undo();
  }
}
