export type Scalar = string | number | boolean;

/** One failed call, decoded whole. */
export interface FailedSpan {
  /** 32 and 16 lower-case hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  /** Unix time in milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** The metric of newest failures names this call, and so will a page. */
  readonly named: boolean;
  readonly resource: Map<string, Scalar>;
  readonly attributes: Map<string, Scalar>;
  readonly events: { readonly name: string; readonly timeMs: number; readonly attributes: Map<string, Scalar> }[];
}
