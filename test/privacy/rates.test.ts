import { expect, it } from 'vitest';
import { credentials, keyed, over, personal } from './rates.ts';

// The rules were written against the values of `tuned`; none of `untouched` had been looked at.
const COUNT = Number(process.env['FAULTLAYER_TEST_VALUES'] ?? 150);

it.each(['tuned', 'untouched'])(
  'redaction misses no more than is promised: %s values',
  { timeout: 600_000 },
  (seed) => {
    expect(over(credentials(COUNT, seed), 0)).toEqual([]);
    expect(over(keyed(COUNT, seed), 0.001)).toEqual([]);
    expect(over(personal(COUNT, seed), 0.005)).toEqual([]);
  },
);
