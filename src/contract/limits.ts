/** `api.limit.kind`: which limit a call ran into. Waiting helps against neither `credit` nor a quota of a `day` or `month`. */
export const LIMIT_KINDS = [
  'requests',
  'tokens',
  'input_tokens',
  'output_tokens',
  'concurrency',
  'day',
  'month',
  'credit',
  'capacity',
  'other',
] as const;
/** Value of `api.limit.kind`. */
export type LimitKind = (typeof LIMIT_KINDS)[number];
