import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createGuard, MAX_FAULTS } from '../../../instrumentation/base/guard.ts';
import { startCapture } from '../../../instrumentation/capture/index.ts';
import type { CallSink } from '../../../instrumentation/judge/types.ts';
import { epochOf } from '../../../instrumentation/span/clock.ts';
import { guardedSink } from '../../../instrumentation/ways/choose.ts';
import { httpServer, type Listening } from '../../support/servers.ts';

let api: Listening;
beforeAll(async () => {
  api = await httpServer((_req, res) => res.end('fine'));
});
afterAll(() => api[Symbol.asyncDispose]());
const call = async () => (await fetch(`http://127.0.0.1:${api.port}/`)).text();

describe('a hook that throws', () => {
  it.each<[string, (fail: () => never) => CallSink]>([
    ['span start', (fail) => ({ start: fail, end: () => {} })],
    ['span end', (fail) => ({ start: () => true, end: fail })],
  ])('(%s) is counted, leaves the call alone, and is switched off', async (hook, sinkOf) => {
    let ran = 0;
    const guard = createGuard();
    const sink = sinkOf(() => {
      ran++;
      throw new Error('defect of ours');
    });
    const capture = startCapture(guardedSink(sink, guard), { guard });
    for (let i = 0; i < MAX_FAULTS + 5; i++) expect(await call()).toBe('fine');
    capture.stop();
    expect(ran).toBe(MAX_FAULTS);
    expect(Object.fromEntries(guard.faults)).toEqual({ [hook]: MAX_FAULTS });
    expect(guard.isOff(hook)).toBe(true);
  });

  it('does not matter even when the fault log throws too', () => {
    const guard = createGuard(() => {
      throw new Error('stderr is gone');
    });
    expect(
      guard.run(
        'a',
        () => {
          throw new Error('x');
        },
        7,
      ),
    ).toBe(7);
    expect(guard.faults.get('a')).toBe(1);
    expect(guard.run('b', () => 1, 7)).toBe(1);
  });
});

it('a wall clock that jumps does not make a duration negative', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
  try {
    const start = performance.now();
    const before = epochOf(start);
    vi.setSystemTime(1_800_000_000_000 - 3_600_000);
    expect(epochOf(start + 5) - before).toBeCloseTo(5, 3);
  } finally {
    vi.useRealTimers();
  }
});
