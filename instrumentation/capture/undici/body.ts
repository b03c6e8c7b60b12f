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
type Message = { readonly request: UndiciRequest; readonly chunk: unknown };
const published = Memory.part(() => new WeakMap<object, boolean>());

/** Does this copy of undici publish chunks? Read from the method that would; where that is gone, undici is newer than we know. */
function publishes(method: unknown, channel: string): boolean {
  if (typeof method !== 'function') return true;
  let known = published().get(method);
  if (known === undefined) {
    known = Function.prototype.toString.call(method).includes(channel.slice(channel.lastIndexOf(':') + 1));
    published().set(method, known);
  }
  return known;
}

/**
 * Sees the bytes of bodies as they pass: of answers worth keeping, and of requests' bodies, whatever they came from, all where bodies are wanted, else
 * those that are not known otherwise. Costs nothing where there are none. Older undici is seen through a method of its request object, which
 * applications never get to see: failing answers, and requests' bodies where these are wanted.
 */
export function bodyWatch(tracker: Tracker, callOf: (request: UndiciRequest) => Call | undefined) {
  const { requestBodies, guards } = tracker;
  const subscribed = new Set<string>();
  /** From the first body that is worth it, for good: to leave a channel has undici's methods compiled anew. */
  const once = (name: string, subscribeTo: () => void): void => {
    if (subscribed.has(name)) return;
    subscribed.add(name);
    subscribeTo();
  };
  // undici's own bytes: to ask what they are costs as much as to find their call
  const received = ({ request, chunk }: Message): void => callOf(request)?.onChunk(chunk as Uint8Array);
  const sent = ({ request, chunk }: Message): void => {
    const call = callOf(request);
    if (!call || call.ended) return;
    if (requestBodies) call.addSent(chunk);
    call.pieces?.add(chunk);
  };
  const seen = (where: string, see: (message: Message) => void) =>
    tracker.guard(where, (request: UndiciRequest, [chunk]: unknown[]) => see({ request, chunk }));

  /** A piece of a stream is the dearest place to be in: between two turns of the loop nothing is in the caches. So no list of arguments is made here. */
  const subscribeReceived = (): void => {
    const listener = (message: unknown): void => {
      try {
        received(message as Message);
      } catch (error) {
        unsubscribe(RECEIVED, listener);
        guards.fault('undici.chunk', error);
      }
    };
    subscribe(RECEIVED, listener);
    tracker.onStop(() => unsubscribe(RECEIVED, listener));
  };

  return {
    /** From the answer's headers on. */
    watchAnswer(request: WithMethods): void {
      const { onData, onResponseData } = request;
      if (publishes(onResponseData ?? onData, RECEIVED)) once(RECEIVED, subscribeReceived);
      else before(request, 'onData', seen('undici.data', received));
    },
    /** From the request's birth on. */
    watchRequest(request: WithMethods, isUnknown: boolean): void {
      const { onBodySent, body } = request;
      if (body === null || body === undefined || !(requestBodies || isUnknown)) return;
      if (publishes(onBodySent, SENT)) once(SENT, () => tracker.subscribe({ [SENT]: sent }));
      else if (requestBodies) before(request, 'onBodySent', seen('undici.sent', sent));
    },
  };
}
