import type { Place } from './base/place.ts' with { 'resolution-mode': 'import' };

const { subscribe } = require('node:diagnostics_channel') as typeof import('node:diagnostics_channel');

/** What is told first of a call, by client; and connections, because one may be older than its first call. */
const CHANNELS = [
  'undici:request:create',
  'http.client.request.created',
  'http2.client.stream.created',
  'net.client.socket',
] as const;
/**
 * Where the OpenTelemetry API and Sentry keep what their copies share. An instrumentation looks there when it is made: before it patches or
 * subscribes anything, and long before there is a span to add to.
 */
const SIGNS = [Symbol.for('opentelemetry.js.api.1'), '__SENTRY__'] as const;
/** `place.ts` and `start.ts` have the same; neither is loaded here. */
const PLACE = Symbol.for('faultlayer.place');
const RUNNING = Symbol.for('faultlayer.running');

const world = globalThis as unknown as Record<PropertyKey, unknown>;

/** Tells of the first look at a global variable that is not there yet, or of its making. Returns what ends the watch. */
function watch(name: PropertyKey, tell: () => void): () => boolean {
  let over = false;
  /** Only where the global object is frozen does the value stay here. */
  let kept: unknown;
  const leave = (): boolean => {
    over ||= Reflect.deleteProperty(world, name);
    return over;
  };
  Object.defineProperty(world, name, {
    configurable: true,
    enumerable: false,
    get() {
      const left = leave();
      tell();
      return left ? world[name] : kept;
    },
    set(value: unknown) {
      if (leave()) world[name] = value;
      else kept = value;
      tell();
    },
  });
  return leave;
}

/** `fetch` behind a proxy that does nothing yet: who keeps a reference to it from now on has the engine's all the same. */
function keepFetch(): Place['fetch'] {
  const descriptor = Object.getOwnPropertyDescriptor(world, 'fetch');
  if (typeof descriptor?.value !== 'function' || !descriptor.configurable) return undefined;
  const traps: NonNullable<Place['fetch']> = {};
  Object.defineProperty(world, 'fetch', { ...descriptor, value: new Proxy(descriptor.value, traps) });
  return traps;
}

/**
 * Spans are only adopted, and nobody who makes any is here yet: `load`s the engine at the first sign of somebody who does, or of a call. Short
 * processes end before that, and the others lose nothing: places are kept, and the message that wakes the engine reaches it.
 */
module.exports = function sleep(load: () => void): void {
  // another copy of the package was first
  if (PLACE in world || RUNNING in world) return;
  if (SIGNS.some((sign) => sign in world)) {
    load();
    return;
  }
  const watches: (() => boolean)[] = [];
  let awake = false;
  const wake = (by?: 'call'): void => {
    if (awake) return;
    awake = true;
    place.byCall = by === 'call';
    for (const leave of watches) leave();
    load();
    Reflect.deleteProperty(world, PLACE);
  };
  const slots = new Map<string, { handler: ((message: unknown) => void) | undefined }>();
  for (const channel of CHANNELS) {
    const slot: { handler: ((message: unknown) => void) | undefined } = { handler: undefined };
    slots.set(channel, slot);
    subscribe(channel, (message) => {
      if (slot.handler === undefined) wake('call');
      slot.handler?.(message);
    });
  }
  const place: Place = { wake: () => wake(), byCall: false, slots, fetch: keepFetch() };
  Object.defineProperty(world, PLACE, { configurable: true, enumerable: false, value: place });
  for (const sign of SIGNS) watches.push(watch(sign, () => wake()));
};
