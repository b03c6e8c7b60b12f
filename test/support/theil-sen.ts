/**
 * Slope of the line through points: the median of the slopes between every two of them (Theil 1950, Sen 1968). A third of the points may be
 * outliers, as heap samples are, and it stays.
 */
export function theilSen(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes = points
    .flatMap(([x, y], i) => points.slice(i + 1).map(([x2, y2]) => (y2 - y) / (x2 - x)))
    .toSorted((a, b) => a - b);
  const half = slopes.length >> 1;
  return slopes.length % 2 === 1 ? slopes[half]! : (slopes[half - 1]! + slopes[half]!) / 2;
}
