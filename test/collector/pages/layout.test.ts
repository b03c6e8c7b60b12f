import { expect, it } from 'vitest';
import { percent } from '../../../collector/pages/layout.ts';

it.each([
  [0, 0, '–'],
  [0, 9, '0 %'],
  [1, 9_000_000, '<0.1 %'],
  [4.9, 10_000, '<0.1 %'],
  [5, 10_000, '0.1 %'],
  [9.4, 100, '9.4 %'],
  [50, 100, '50 %'],
  [9, 9, '100 %'],
])('%d of %d is %s', (part, whole, text) => {
  expect(percent(part, whole)).toBe(text);
});
