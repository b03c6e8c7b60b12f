import { expect, it } from 'vitest';
import { remembering } from '../../src/memo.ts';

it('answers as the function does, once per key, in bounded memory', () => {
  const asked: string[] = [];
  const upper = remembering((key) => {
    asked.push(key);
    return key.toUpperCase();
  }, 3);
  for (const key of ['a', 'b', 'a', 'b']) expect(upper(key)).toBe(key.toUpperCase());
  expect(asked).toEqual(['a', 'b']);
  for (const key of ['c', 'd', 'a']) upper(key);
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'a']); // the fourth key started it over
  const long = 'x'.repeat(1000);
  upper(long);
  upper(long);
  expect(asked.filter((key) => key === long)).toHaveLength(2);
});
