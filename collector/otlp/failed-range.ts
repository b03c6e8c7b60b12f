/** Where a span stands in the body that failed, or may have: its own bytes and its resource's. */
export interface FailedRange {
  readonly start: number;
  readonly end: number;
  readonly resourceStart: number;
  readonly resourceEnd: number;
  /** Its row of the batch. */
  readonly row: number;
}

/** Failed spans of the body being decoded; filled only when somebody listens. */
export class FailedRanges {
  wanted = false;
  found: FailedRange[] = [];
}
