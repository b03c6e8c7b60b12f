import type { ClientRequest } from 'node:http';
import { builtin } from '../../base/builtin.ts';
import type { Tracker } from '../tracker.ts';
import type { HttpCall } from './call.ts';

/**
 * Looks at who destroys a request while they do it: only then is a library's timer the executing resource. No channel tells of it, so
 * `ClientRequest` has a `destroy` of its own, as it had, with the same name and arity.
 */
export function watchDestroyed(tracker: Tracker, callOf: (request: ClientRequest) => HttpCall | undefined): void {
  const prototype = builtin('node:http').ClientRequest.prototype as { destroy: (...args: unknown[]) => unknown };
  const original = prototype.destroy;
  const see = tracker.guard('http.destroyed', (request: ClientRequest) => {
    const call = request.destroyed ? undefined : callOf(request);
    if (!call || call.ended) return;
    call.left = true;
    call.deadlineMs ??= tracker.timers.deadlineOf(call);
  });
  const destroy = function (this: ClientRequest, ...args: unknown[]): unknown {
    see(this);
    return Reflect.apply(original, this, args);
  };
  Object.defineProperties(destroy, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });
  prototype.destroy = destroy;
  tracker.onStop(() => {
    if (prototype.destroy === destroy) prototype.destroy = original;
  });
}
