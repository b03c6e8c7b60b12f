/** The labels a spike is seen by: one service, one provider, who can mend it, one layer, one code. */
export const BY_CODE = 'service_name, api_provider_name, api_failure_owner, api_failure_layer, api_provider_code';
export const BY_SERVICE = 'service_name, api_provider_name';
export const BY_OWNER = 'service_name, api_provider_name, api_failure_owner';

/** Joins a per-service series to per-code or per-owner series. */
export const ON_SERVICE = `on (${BY_SERVICE}) group_left ()`;
export const ON_OWNER = `on (${BY_OWNER}) group_left ()`;

/** A Prometheus duration of this many seconds, to the millisecond, in the largest units that fit. */
export function duration(seconds: number): string {
  let rest = Math.max(1, Math.round(seconds * 1000));
  let text = '';
  for (const [unit, ms] of Object.entries({ d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 })) {
    const n = Math.floor(rest / ms);
    if (n > 0) text += `${n}${unit}`;
    rest -= n * ms;
  }
  return text;
}

/** The largest of several vectors with the same labels; `or` keeps the first of equals, so each gets a mark that `max` drops. */
export const greatest = (by: string, vectors: readonly string[]): string =>
  `max by (${by}) (\n${vectors
    .map((v, i) => indent(i === 0 ? v : `label_replace(${v}, "candidate", "${i}", "", "")`))
    .join('\n  or\n')}\n)`;

/** The smaller of two where both are there. */
export const smaller = (a: string, b: string): string => `(${a} <= ${b})\nor\n(${b} < ${a})`;

export const indent = (text: string): string => text.replace(/^/gm, '  ');
