import Module from 'node:module';
import type { Tracker } from '../tracker.ts';

type Load = (this: unknown, request: string, ...more: unknown[]) => unknown;

/** A library whose calls no channel tells of wholly. */
export interface Library {
  /** Fits what it is asked for by: its name, or its file where an ES module asks. */
  readonly request: RegExp;
  /** Is given what it exports, each time it is asked for. */
  readonly seen: (exports: unknown) => void;
}

/**
 * Shows libraries to who watches them, as the application loads them: `require` and `import` of CommonJS both go through `Module._load`, on every
 * line of Node. What was loaded before is found in the cache.
 */
export function watchLoaded(tracker: Tracker, libraries: readonly Library[]): void {
  const holder = Module as unknown as { _load?: Load };
  const { _load: original } = holder;
  if (typeof original !== 'function') return;
  const show = tracker.guard('loaded', (request: unknown, exports: unknown) => {
    if (typeof request !== 'string') return;
    for (const library of libraries) if (library.request.test(request)) library.seen(exports);
  });
  const load: Load = function (request, ...more) {
    const exports = original.call(this, request, ...more);
    show(request, exports);
    return exports;
  };
  holder._load = load;
  tracker.onStop(() => {
    if (holder._load === load) holder._load = original;
  });
  const { _cache: known = {} } = Module as unknown as { _cache?: Readonly<Record<string, { exports?: unknown }>> };
  for (const [file, module] of Object.entries(known)) show(file, module.exports);
}
