import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Memory } from '../../../src/memo.ts';
import type { Call } from '../call.ts';
import { before } from '../patch.ts';
import type { Tracker } from '../tracker.ts';
import type { UndiciRequest } from './call.ts';

/** undici 7.11 and later tell every chunk they receive, and every one they send. */
const RECEIVED = 'undici:request:bodyChunkReceived';
const SENT = 'undici:request:bodyChunkSent';
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
  private readonly subscribed = new Set<string>();
  private readonly tracker: Tracker;
  private readonly callOf: (request: UndiciRequest) => Call | undefined;

  constructor(tracker: Tracker, callOf: (request: UndiciRequest) => Call | undefined) {
    this.tracker = tracker;
    this.callOf = callOf;
  }

  /** From the first body that is worth it, for good: to leave a channel has undici's methods compiled anew. */
  private once(name: string, subscribeTo: () => void): void {
    if (this.subscribed.has(name)) return;
    this.subscribed.add(name);
    subscribeTo();
  }

  /** A piece of a stream is the dearest place to be in: between two turns of the loop nothing is in the caches. So no list of arguments is made here. */
  private readonly subscribeReceived = (): void => {
    const { guards } = this.tracker;
    const listener = (message: unknown): void => {
      try {
        this.received(message as Message);
      } catch (error) {
        unsubscribe(RECEIVED, listener);
        guards.fault('undici.chunk', error);
      }
    };
    subscribe(RECEIVED, listener);
    this.tracker.onStop(() => unsubscribe(RECEIVED, listener));
  };

  private readonly received = ({ request, chunk }: Message): void => {
    // undici's own bytes: to ask what they are costs as much as to find their call
    this.callOf(request)?.onChunk(chunk as Uint8Array);
  };

  private readonly sent = ({ request, chunk }: Message): void => {
    const call = this.callOf(request);
    if (!call || call.ended) return;
    if (this.tracker.requestBodies) call.addSent(chunk);
    call.pieces?.add(chunk);
  };

  /** From the answer's headers on. */
  watchAnswer(request: WithMethods): void {
    const { onData, onResponseData } = request;
    if (publishes(onResponseData ?? onData, RECEIVED)) this.once(RECEIVED, this.subscribeReceived);
    else before(request, 'onData', this.seen('undici.data', this.received));
  }

  /** From the request's birth on. */
  watchRequest(request: WithMethods, isUnknown: boolean): void {
    const { onBodySent, body } = request;
    const { requestBodies } = this.tracker;
    if (body === null || body === undefined || !(requestBodies || isUnknown)) return;
    if (publishes(onBodySent, SENT)) this.once(SENT, () => this.tracker.subscribe({ [SENT]: this.sent }));
    else if (requestBodies) before(request, 'onBodySent', this.seen('undici.sent', this.sent));
  }

  private seen(where: string, see: (message: Message) => void) {
    return this.tracker.guard(where, (request: UndiciRequest, [chunk]: unknown[]) => see({ request, chunk }));
  }
}
