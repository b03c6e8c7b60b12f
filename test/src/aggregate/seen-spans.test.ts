import { expect, it } from 'vitest';
import { Aggregator } from '../../../src/aggregate/aggregator.ts';
import { Observer } from '../../../src/aggregate/observer.ts';
import { SeenSpans } from '../../../src/aggregate/seen-spans.ts';

const id = (n: number): Uint8Array => Buffer.from(n.toString(16).padStart(16, '0'), 'hex');

it('knows the span that a copy is of, whichever comes first', () => {
  const seen = new SeenSpans();
  const come = (n: number, isCopy: boolean) => seen.again(id(n), 0, isCopy);
  expect([come(1, true), come(1, false), come(2, false), come(2, true)]).toEqual([false, true, false, true]);
  expect(seen.repeated).toBe(2);
});

it('leaves alone what is repeated without a copy, and what has no ID', () => {
  const seen = new SeenSpans();
  for (const n of [3, 3, 0, 0]) expect(seen.again(id(n), 0, false)).toBe(false);
  for (const at of [-1, -1]) expect(seen.again(id(4), at, true)).toBe(false);
  for (const n of [0, 0]) expect(seen.again(id(n), 0, true)).toBe(false);
});

it('remembers thousands, and forgets in the same memory', () => {
  const seen = new SeenSpans();
  for (let n = 1; n <= 200_000; n++) expect(seen.again(id(n), 0, true)).toBe(false);
  expect(seen.again(id(199_000), 0, false)).toBe(true);
  expect(seen.again(id(1), 0, false)).toBe(false);
});

it('is asked for failures: a copy and its span are one call; a pending call is none', () => {
  const aggregator = new Aggregator();
  const observer = new Observer(aggregator);
  const failed = { 'api.failure.layer': 'wait', 'api.provider.name': 'p', 'api.status.class': 'none' };
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const resource = { 'service.name': 's' };
  observer.observe({ ...failed, 'api.copy': true }, resource, 1, ids);
  observer.observe(failed, resource, 1, ids);
  const open = {
    'api.provider.name': 'p',
    'api.status.class': 'none',
    'api.pending': true,
    'api.pending.phase': 'send',
  };
  observer.observe(open, resource, 1, { ...ids, spanId: 'c'.repeat(16) });
  const { calls, pending, duration } = aggregator.families;
  expect([calls.size, calls.values.array[0], duration.size]).toEqual([1, 1, 1]);
  expect([pending.size, pending.values.array[0], pending.labels[0]]).toEqual([
    1,
    1,
    'service_name="s",api_provider_name="p",phase="send"',
  ]);
});
