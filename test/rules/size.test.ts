import { expect, it } from 'vitest';
import { LINES_MAX, sourceFiles } from '../../scripts/size.ts';

it('keeps files short enough to read at once', () => {
  const files = sourceFiles();
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter(({ lines }) => lines > 300)).toEqual([]);
  const sorted = files.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(sorted[sorted.length >> 1]).toBeLessThanOrEqual(80);
});

it('keeps the whole within what a few people can maintain', () => {
  expect(sourceFiles().reduce((sum, { lines }) => sum + lines, 0)).toBeLessThanOrEqual(LINES_MAX);
});
