import { subscribe as join, unsubscribe as leave } from 'node:diagnostics_channel';

type Handler = (message: unknown) => void;

/** What the sleeping preload (`asleep.cts`) keeps for the engine, so that who woke it loses nothing by it. */
export interface Place {
  /** Loads the engine; once. */
  wake(): void;
  /** A call woke us: the application has been at work for a while. */
  byCall: boolean;
  /** By channel, where it stands in the order of subscribers and whom it passes messages on to. */
  readonly slots: ReadonlyMap<string, { handler: Handler | undefined }>;
  /** The traps of the proxy that `fetch` is already; none until the engine sets one. */
  readonly fetch: ProxyHandler<typeof fetch> | undefined;
}

export const PLACE = Symbol.for('faultlayer.place');
const place = (globalThis as { [PLACE]?: Place })[PLACE];

/** Wakes the preload, if it sleeps. */
export const wake = (): void => place?.wake();
export const wokenByCall = (): boolean => place?.byCall === true;
export const keptFetch = (): Place['fetch'] => place?.fetch;

/** As diagnostics_channel does, but in the place that was kept. */
export function subscribe(channel: string, handler: Handler): void {
  const slot = place?.slots.get(channel);
  if (slot && !slot.handler) slot.handler = handler;
  else join(channel, handler);
}

export function unsubscribe(channel: string, handler: Handler): void {
  const slot = place?.slots.get(channel);
  if (slot?.handler === handler) slot.handler = undefined;
  else leave(channel, handler);
}
