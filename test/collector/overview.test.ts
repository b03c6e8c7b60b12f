import { expect, it } from 'vitest';
import { Activity } from '../../collector/overview.ts';

const at = (calls: number, failed: number) => new Map([['a', { calls, failed }]]);

it('tells now from usual, as far as samples reach', () => {
  const activity = new Activity();
  activity.sample(0, new Map());
  activity.sample(1000, at(100, 1));
  activity.sample(2000, at(110, 9));
  const now = { calls: 120, failed: 19 };
  expect(activity.between('a', now, 1500)).toEqual({ calls: 20, failed: 18 });
  expect(activity.between('a', now, 500, 1500)).toEqual({ calls: 100, failed: 1 });
  expect(activity.between('b', { calls: 3, failed: 0 }, 1500)).toEqual({ calls: 3, failed: 0 });
});

it('counts from zero where a series was dropped and began anew', () => {
  const activity = new Activity();
  activity.sample(0, at(100, 50));
  expect(activity.between('a', { calls: 5, failed: 2 }, 0)).toEqual({ calls: 0, failed: 0 });
});
