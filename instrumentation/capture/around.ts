import { type Channel, channel } from 'node:diagnostics_channel';

type Publish = Channel['publish'];

/**
 * Tells `before` and `after` of every message of a channel, before and after all its subscribers, also those that join later. So `after` sees what
 * they have done: which span they have started, which header they have written. Neither may throw. Returns what undoes it.
 */
export function around(name: string, before: () => void, after: (message: unknown) => void): () => void {
  const it = channel(name);
  // publishers ask for a subscriber first
  const nobody = () => {};
  it.subscribe(nobody);
  // another copy of this package
  const other: Publish | undefined = Object.hasOwn(it, 'publish') ? it.publish : undefined;
  const publish = function (this: Channel, message: unknown): void {
    before();
    // a channel changes its prototype when it gets its first subscriber, and when it loses its last
    const subscribers: Publish = other ?? Object.getPrototypeOf(this).publish;
    try {
      subscribers.call(this, message);
    } finally {
      after(message);
    }
  };
  Object.defineProperty(it, 'publish', { configurable: true, writable: true, enumerable: false, value: publish });
  return () => {
    it.unsubscribe(nobody);
    if (it.publish !== publish) return;
    if (other === undefined) Reflect.deleteProperty(it, 'publish');
    else it.publish = other;
  };
}
