import type { IncomingMessage } from 'node:http';
import type { Tracker } from '../tracker.ts';
import type { HttpCall } from './call.ts';

/**
 * Sees what node's parser pushes into one answer: before any reader, without a listener, without touching the stream's mode, also
 * when nobody ever reads. An own property that nothing enumerates, on failing answers only.
 */
export function watchPush(tracker: Tracker, call: HttpCall, response: IncomingMessage): void {
  call.keepBody();
  const { push } = response;
  const see = tracker.guard('http.push', (chunk: unknown, encoding: unknown) => {
    if (chunk !== null && chunk !== undefined) call.capture?.add(chunk, encoding);
    else if (call.complete) tracker.end(call);
  });
  Object.defineProperty(response, 'push', {
    configurable: true,
    writable: true,
    enumerable: false,
    value: function (this: IncomingMessage, ...args: unknown[]) {
      see(args[0], args[1]);
      return Reflect.apply(push, this, args);
    },
  });
}
