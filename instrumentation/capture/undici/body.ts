import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { TrackedCall } from '../call.ts';
import type { Tracker } from '../tracker.ts';
import type { UndiciRequest } from './call.ts';

/** undici 7.11 and later tell every received chunk. */
const CHANNEL = 'undici:request:bodyChunkReceived';
/**
 * The channel is left when this long no answer was worth keeping. Entering and leaving it changes the channel's prototype, for which
 * undici's methods are compiled anew: milliseconds, where the chunks of an idle minute cost next to nothing.
 */
const LINGER_MS = 60_000;

type WithData = UndiciRequest & { onData?: unknown; onResponseData?: unknown };
const tellsChunks = new WeakMap<object, boolean>();

/** Does this copy of undici publish chunks? Read from the method that would. */
function publishes(request: WithData): boolean {
  const prototype = Object.getPrototypeOf(request) as object;
  let known = tellsChunks.get(prototype);
  if (known === undefined) {
    const method = request.onResponseData ?? request.onData;
    known = typeof method === 'function' && Function.prototype.toString.call(method).includes('bodyChunkReceived');
    tellsChunks.set(prototype, known);
  }
  return known;
}

/** Sees the bytes of answers worth keeping as they pass; costs nothing where there are none. */
export class BodyWatch {
  private watched = 0;
  /** Since the timer was set. */
  private used = false;
  private subscribed = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly onChunk: (message: unknown) => void;
  private readonly onOwnData: (this: WithData, chunk: unknown) => void;
  private readonly callOf: (request: UndiciRequest) => TrackedCall | undefined;

  constructor(tracker: Tracker, callOf: (request: UndiciRequest) => TrackedCall | undefined) {
    this.callOf = callOf;
    this.onChunk = tracker.guards.subscriber('undici.chunk', (message) => {
      const { request, chunk } = message as { request: UndiciRequest; chunk: Uint8Array };
      callOf(request)?.onChunk(chunk);
    });
    this.onOwnData = tracker.guard('undici.data', function (this: WithData, chunk) {
      if (chunk instanceof Uint8Array) callOf(this)?.onChunk(chunk);
    });
    tracker.onStop(() => {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.watched = 0;
      this.used = false;
      this.leave();
    });
  }

  start(request: WithData): void {
    const call = this.callOf(request);
    if (!call) return;
    if (publishes(request)) {
      this.watched++;
      this.used = true;
      if (!this.subscribed) subscribe(CHANNEL, this.onChunk);
      this.subscribed = true;
      call.unwatch = this.stopOne;
      return;
    }
    // Older undici: an own property on this one failing request, seen by nobody but undici's parser.
    const { onData } = request;
    if (typeof onData !== 'function') return;
    const { onOwnData } = this;
    Object.defineProperty(request, 'onData', {
      configurable: true,
      writable: true,
      enumerable: false,
      value: function (this: WithData, ...args: unknown[]) {
        onOwnData.call(this, args[0]);
        return Reflect.apply(onData, this, args);
      },
    });
  }

  private readonly stopOne = (): void => {
    if (this.watched === 0 || --this.watched > 0 || this.timer) return;
    this.arm();
  };

  private arm(): void {
    this.used = false;
    this.timer = setTimeout(this.leave, LINGER_MS).unref();
  }

  private readonly leave = (): void => {
    this.timer = undefined;
    if (this.watched > 0 || !this.subscribed) return;
    if (this.used) {
      this.arm();
      return;
    }
    this.subscribed = false;
    unsubscribe(CHANNEL, this.onChunk);
  };
}
