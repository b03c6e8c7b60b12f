import type { Scalar } from '../base/failed-span.ts';

/** One number of a gauge or a sum; of other kinds only that there was one. */
export interface MetricPoint {
  readonly name: string;
  readonly resource: Map<string, Scalar>;
  readonly attributes: Map<string, Scalar>;
  /** NaN where the point is no plain number. */
  readonly value: number;
}
