import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createGuard, type Guard } from '../base/guard.ts';
import { now } from '../base/now.ts';
import { around } from './around.ts';
import type { Call } from './call.ts';
import { EndedCalls } from './ended-calls.ts';
import { Timers } from './timers.ts';
import type { CaptureOptions, CaptureSink, Ending, Sent } from './types.ts';

/** The exchange ended well. */
export const WELL: Ending = {};

/** Begins and ends calls; every client's channels feed it. */
export class Tracker {
  /** Calls that have not ended, newest last. */
  readonly open = new Set<Call>();
  readonly timers = new Timers();
  readonly guards: Guard;
  /** Whether requests' own bodies are kept until their calls end. */
  readonly requestBodies: boolean;
  /** A call was opened. */
  onBegin: () => void = () => {};
  /** Calls that are told later. */
  readonly endedCalls: EndedCalls;
  readonly sink: CaptureSink;
  private readonly options: CaptureOptions;
  private readonly subscriptions: (() => void)[] = [];
  private readonly told = new WeakSet<object>();
  /** What others have wrapped meanwhile cannot be taken back. */
  private isStopped = false;

  constructor(sink: CaptureSink, options: CaptureOptions) {
    this.sink = sink;
    this.guards = options.guard ?? createGuard();
    this.requestBodies = options.requestBodies === true;
    this.options = options;
    this.endedCalls = new EndedCalls(
      this.guard('settle', (call: Call) => this.tell(call, WELL, call.sentAtEnd ?? 'unknown')),
    );
  }

  /** Returns whether the sink wants the call. */
  begin(call: Call): boolean {
    if (this.isStopped || this.sink.start(call) === false) return false;
    this.open.add(call);
    this.onBegin();
    return true;
  }

  /** Whether the answer's bytes are to be seen: it failed, is a stream, or comes from where 2xx answers fail. */
  watches(call: Call): boolean {
    const status = call.status ?? 0;
    if (status < 200 || (status >= 300 && status < 400)) return false;
    if (status < 400) {
      const { target, method } = call;
      const isGet = status === 200 && method === 'GET';
      const type = call.responseHeader('content-type');
      const names = call.responseHeaderNames();
      const { unread } = target;
      if (isGet && unread?.names === names && unread.type === type) return false;
      const reader = this.options.readerOf?.(call);
      // of a body that is kept whole all can be told, JSON-RPC's error as well
      const keeps = reader?.isStream !== true && this.options.readsSuccessBodies?.(call) === true;
      if (!keeps && reader !== undefined) call.read(reader);
      if (!keeps && reader === undefined && isGet) target.unread = { names, type };
      if (!keeps) return reader !== undefined;
    }
    call.keepBody();
    return true;
  }

  end(call: Call, ending: Ending = WELL): void {
    if (call.ended) return;
    call.ended = true;
    this.open.delete(call);
    call.endMs = ending.endMs ?? now();
    call.connection?.leave(call.endMs);
    if (call.headersMs > 0) call.timings.body = Math.max(0, call.endMs - call.headersMs);
    call.streamed?.ended(call.endMs);
    call.unwatch?.();
    const sent = call.sent();
    const { status = 0 } = call;
    // a redirect's next hop comes within the turn and must find it told
    if (!call.mayWait || ending !== WELL || status < 200 || (status >= 300 && status < 400)) {
      this.endedCalls.all();
      this.tell(call, ending, sent);
      return;
    }
    call.sentAtEnd = sent;
    const { mayFail } = call;
    // the request's body is only known to the request; of a failure its print is wanted
    if (!this.requestBodies && !mayFail) call.loosen();
    // what is to be unpacked first, or is most likely good, is judged when the application is done with its turn
    if (mayFail) this.sink.noted?.(call);
    this.endedCalls.add(call, mayFail && call.reader?.isLater !== true);
    if (call.pending) this.sink.waits?.(call);
  }

  private tell(call: Call, ending: Ending, sent: Sent): void {
    const { error } = ending;
    if (typeof error === 'object' && error !== null) this.told.add(error);
    try {
      this.sink.end(call, ending, sent);
    } finally {
      call.dropBodies();
      call.release();
    }
  }

  /** Whether a call has ended with this error. */
  wasTold(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.told.has(error);
  }

  /** A guarded handler. */
  guard<This, Args extends unknown[]>(where: string, handler: (this: This, ...args: Args) => void) {
    return this.guards.handler(where, handler);
  }

  /** Subscribes guarded handlers by channel name, until stopped. */
  subscribe(handlers: Readonly<Record<string, (message: never) => void>>): void {
    for (const [name, handler] of Object.entries(handlers)) {
      const safe = this.guard(name, handler as (message: unknown) => void);
      subscribe(name, safe);
      this.onStop(() => unsubscribe(name, safe));
    }
  }

  /** The same for the channel that tells of a new request: this handler comes after every other, and the sink is told before them. */
  subscribeLast(name: string, handler: (message: never) => void): void {
    const opening = this.guard(`${name}.opening`, () => this.sink.opening?.());
    const opened = this.guard(`${name}.opened`, () => this.sink.opened?.());
    const last = this.guard(name, handler as (message: unknown) => void);
    this.onStop(
      around(name, opening, (message) => {
        opened();
        last(message);
      }),
    );
  }

  onStop(undo: (() => void) | undefined): void {
    if (undo) this.subscriptions.push(undo);
  }

  stop(): void {
    this.isStopped = true;
    this.endedCalls.all();
    for (const undo of this.subscriptions.splice(0)) undo();
  }
}
