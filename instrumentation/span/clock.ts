import { Memory } from '../../src/memo.ts';
import { now } from '../base/now.ts';

/**
 * Wall-clock time of a monotonic instant. Durations come from the monotonic clock alone, so a clock that is set while a call
 * runs cannot make one negative; the offset between the two is read again every ten seconds, because the wall clock is slewed.
 */
const REFRESH_MS = 10_000;
const clock = Memory.part(() => ({ offset: Number.NaN, readAt: Number.NEGATIVE_INFINITY }));

export function epochOf(monotonicMs: number): number {
  // an instant that is told is hardly older than the present, which need not be asked for every span
  const last = clock();
  if (monotonicMs - last.readAt > REFRESH_MS) {
    last.readAt = now();
    last.offset = Date.now() - last.readAt;
  }
  return monotonicMs + last.offset;
}
