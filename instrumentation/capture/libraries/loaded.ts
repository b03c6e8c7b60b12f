import Module from 'node:module';
import { beside } from '../../base/side-map.ts';
import { type Exports, type Library, replace } from '../patch.ts';
import type { Tracker } from '../tracker.ts';

/**
 * Shows libraries to who watches them, as the application loads them: `require` and `import` of CommonJS both go through `Module._load`, on every
 * line of Node. What was loaded before is found in the cache.
 */
export function watchLoaded(tracker: Tracker, libraries: readonly Library[]): void {
  const known = beside<object, true>();
  const show = tracker.guard('loaded', (request: unknown, exports: unknown) => {
    if (typeof request !== 'string' || exports === null || !/object|function/.test(typeof exports)) return;
    for (const library of libraries) {
      const holder = library.request.test(request) ? library.holder(exports as Exports) : undefined;
      if (holder === undefined || known.has(holder)) continue;
      known.set(holder, true);
      library.patch(holder);
    }
  });
  const load = replace(
    Module,
    '_load',
    (original) =>
      function (request: unknown, ...more) {
        const exports = original.call(this, request, ...more);
        show(request, exports);
        return exports;
      },
  );
  tracker.onStop(load);
  if (load === undefined) return;
  const { _cache: cache = {} } = Module as unknown as { _cache?: Readonly<Record<string, { exports?: unknown }>> };
  for (const [file, module] of Object.entries(cache)) show(file, module.exports);
}
