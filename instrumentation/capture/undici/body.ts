import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Memory } from '../../../src/memo.ts';
import type { Call } from '../call.ts';
import { before } from '../patch.ts';
import type { Tracker } from '../tracker.ts';
import type { UndiciRequest } from './call.ts';

/** undici 7.11 and later tell every chunk they receive, and every one they send. */
const RECEIVED = 'undici:request:bodyChunkReceived';
const SENT = 'undici:request:bodyChunkSent';
/**
 * The first channel is left when this long no answer was worth keeping. Entering and leaving it changes the channel's prototype, for which
 * undici's methods are compiled anew: milliseconds, where the chunks of an idle minute cost next to nothing.
 */
const LINGER_MS = 60_000;

type WithMethods = UndiciRequest & { onData?: unknown; onResponseData?: unknown; onBodySent?: unknown };
interface Message {
  readonly request: UndiciRequest;
  readonly chunk: unknown;
}
const published = Memory.part(() => new WeakMap<object, boolean>());

/** Does this copy of undici publish chunks? Read from the method that would; where that is gone, undici is newer than we know. */
function publishes(method: unknown, channel: string): boolean {
  if (typeof method !== 'function') return true;
  const answers = published();
  let known = answers.get(method);
  if (known === undefined) {
    known = Function.prototype.toString.call(method).includes(channel.slice(channel.lastIndexOf(':') + 1));
    answers.set(method, known);
  }
  return known;
}

/**
 * Sees the bytes of bodies as they pass: of answers worth keeping, and of requests' bodies, whatever they came from, all where bodies are wanted, else
 * those that are not known otherwise. Costs nothing where there are none. Older undici is seen through a method of its request object, which
 * applications never get to see: failing answers, and requests' bodies where these are wanted.
 */
export class BodyWatch {
  private watched = 0;
  private isSubscribed = false;
  private sentIsSubscribed = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly tracker: Tracker;
  private readonly onReceived: (message: unknown) => void;
  private readonly callOf: (request: UndiciRequest) => Call | undefined;

  constructor(tracker: Tracker, callOf: (request: UndiciRequest) => Call | undefined) {
    this.tracker = tracker;
    this.callOf = callOf;
    this.onReceived = tracker.guard('undici.chunk', (message: unknown) => this.received(message as Message));
    tracker.onStop(() => {
      clearTimeout(this.timer);
      this.watched = 0;
      this.leave();
    });
  }

  private received({ request, chunk }: Message): void {
    if (chunk instanceof Uint8Array) this.callOf(request)?.onChunk(chunk);
  }

  private sent({ request, chunk }: Message): void {
    const call = this.callOf(request);
    if (!call || call.ended) return;
    if (this.tracker.requestBodies) call.addSent(chunk);
    call.pieces?.add(chunk);
  }

  /** From the answer's headers on. */
  watchAnswer(request: WithMethods, call: Call): void {
    const { onData, onResponseData } = request;
    if (publishes(onResponseData ?? onData, RECEIVED)) {
      this.watched++;
      if (!this.isSubscribed) subscribe(RECEIVED, this.onReceived);
      this.isSubscribed = true;
      call.unwatch = this.stopOne;
    } else before(request, 'onData', this.seen('undici.data', this.received));
  }

  /** From the request's birth on. */
  watchRequest(request: WithMethods, isUnknown: boolean): void {
    const { onBodySent, body } = request;
    const { requestBodies } = this.tracker;
    if (body === null || body === undefined || !(requestBodies || isUnknown)) return;
    if (!publishes(onBodySent, SENT)) {
      if (requestBodies) before(request, 'onBodySent', this.seen('undici.sent', this.sent));
      return;
    }
    if (!this.sentIsSubscribed) this.tracker.subscribe({ [SENT]: (message: Message) => this.sent(message) });
    this.sentIsSubscribed = true;
  }

  private seen(where: string, see: (message: Message) => void) {
    return this.tracker.guard(where, (request: UndiciRequest, [chunk]: unknown[]) =>
      see.call(this, { request, chunk }),
    );
  }

  private readonly stopOne = (): void => {
    if (--this.watched > 0) return;
    if (this.timer) this.timer.refresh();
    else this.timer = setTimeout(this.leave, LINGER_MS).unref();
  };

  private readonly leave = (): void => {
    if (this.watched > 0 || !this.isSubscribed) return;
    this.isSubscribed = false;
    unsubscribe(RECEIVED, this.onReceived);
  };
}
