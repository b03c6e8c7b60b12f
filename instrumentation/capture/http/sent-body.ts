import type { ClientRequest } from 'node:http';
import type { TrackedCall } from '../call.ts';
import type { Tracker } from '../tracker.ts';

const METHODS = ['write', 'end'] as const;
type Writer = (this: ClientRequest, ...args: unknown[]) => unknown;

/**
 * Sees what applications write into node:http requests. No channel tells of it, so for as long as bodies are wanted `ClientRequest` has a
 * `write` and an `end` of its own in front of those it inherits: same names and arity, everything passed on as it came.
 */
export function watchWrites(tracker: Tracker, callOf: (request: ClientRequest) => TrackedCall | undefined): void {
  if (!tracker.requestBodies) return;
  const { ClientRequest: Request } = process.getBuiltinModule('node:http');
  const prototype = Request.prototype as unknown as Record<string, Writer>;
  const parent = Object.getPrototypeOf(prototype) as Record<string, Writer>;
  const see = tracker.guard('http.sent', (request: ClientRequest, chunk: unknown, encoding: unknown) => {
    if (chunk !== null && chunk !== undefined) callOf(request)?.addSent(chunk, encodingOf(encoding));
  });
  for (const name of METHODS) {
    if (Object.hasOwn(prototype, name)) continue;
    const writer: Writer = function (...args) {
      if (typeof args[0] !== 'function') see(this, args[0], args[1]);
      return Reflect.apply(parent[name]!, this, args);
    };
    Object.defineProperties(writer, {
      name: { value: name, configurable: true },
      length: { value: parent[name]!.length, configurable: true },
    });
    Object.defineProperty(prototype, name, { configurable: true, writable: true, enumerable: false, value: writer });
    tracker.onStop(() => {
      if (prototype[name] === writer) delete prototype[name];
    });
  }
}

/** `write(chunk, callback)` has none. */
const encodingOf = (encoding: unknown): string | undefined => (typeof encoding === 'string' ? encoding : undefined);
