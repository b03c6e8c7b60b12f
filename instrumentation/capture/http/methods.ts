import type { ClientRequest } from 'node:http';
import { builtin } from '../../base/builtin.ts';
import type { Tracker } from '../tracker.ts';
import type { HttpCall } from './call.ts';

type Method = (this: ClientRequest, ...args: unknown[]) => unknown;
type See = (request: ClientRequest, args: unknown[]) => void;

/** `ClientRequest` gets methods that tell of themselves first: same name, arity and arguments. Each has one in front of what it has or inherits. */
function watchMethods(tracker: Tracker, methods: Readonly<Record<string, See>>): void {
  const prototype = builtin('node:http').ClientRequest.prototype as unknown as Record<string, Method>;
  for (const [name, tell] of Object.entries(methods)) {
    const own = Object.getOwnPropertyDescriptor(prototype, name);
    const original = prototype[name];
    if (typeof original !== 'function') continue;
    const see = tracker.guard(`http.${name}`, tell);
    const value: Method = function (...args) {
      see(this, args);
      return Reflect.apply(original, this, args);
    };
    Object.defineProperties(value, {
      name: { value: original.name, configurable: true },
      length: { value: original.length, configurable: true },
    });
    Object.defineProperty(prototype, name, { configurable: true, writable: true, enumerable: false, ...own, value });
    tracker.onStop(() => {
      if (prototype[name] !== value) return;
      if (own) prototype[name] = original;
      else delete prototype[name];
    });
  }
}

/**
 * What no channel tells of a request of node:http. While it is destroyed, a library's timer is the executing resource. Its body passes
 * through `_send`, framed in chunks where its length is not known. With `requestBodies` also every piece as the application writes it.
 */
export function watchRequests(tracker: Tracker, callOf: (request: ClientRequest) => HttpCall | undefined): void {
  const onWrite: See = (request, [chunk, encoding]) => {
    if (chunk === null || chunk === undefined || typeof chunk === 'function') return;
    // `write(chunk, callback)` has no encoding
    callOf(request)?.addSent(chunk, typeof encoding === 'string' ? encoding : undefined);
  };
  watchMethods(tracker, {
    destroy(request) {
      const call = request.destroyed ? undefined : callOf(request);
      if (!call || call.ended) return;
      call.left = true;
      call.deadlineMs ??= tracker.timers.deadlineOf(call);
    },
    _send(request, [piece]) {
      callOf(request)?.pieces?.add(piece);
    },
    ...(tracker.requestBodies ? { write: onWrite, end: onWrite } : {}),
  });
}
