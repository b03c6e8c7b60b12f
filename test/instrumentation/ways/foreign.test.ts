import { expect, it } from 'vitest';
import { createGuard } from '../../../instrumentation/base/guard.ts';
import { watchSpans } from '../../../instrumentation/ways/foreign.ts';
import type { ForeignSpan } from '../../../instrumentation/ways/types.ts';

it('ends a span of the application although we fail, and tells the fault', () => {
  let ended = 0;
  class Span {
    end() {
      ended++;
    }
  }
  const faults: unknown[] = [];
  const broken = new Error('ours');
  const watcher = {
    onStart: () => {},
    onEnd: () => {
      throw broken;
    },
  };
  const span = new Span() as unknown as ForeignSpan;
  watchSpans(
    watcher,
    createGuard((_, error) => faults.push(error)),
  ).hook(span);
  span.end();
  expect([ended, faults]).toEqual([1, [broken]]);
});
