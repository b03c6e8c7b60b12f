/** The usual rules of public collections, by service, provider, layer and code, for comparison. */
const F = 'service_provider_code:api_client_failures:increase5m';
const N = 'service_provider:api_client_calls:increase5m';
const ON = 'on (service_name, api_provider_name) group_left ()';

export interface StaticRule {
  readonly name: string;
  readonly expr: string;
  /** `for`, in seconds. */
  readonly wait: number;
}

export const STATIC_RULES: readonly StaticRule[] = [
  { name: 'ratio of 5 m > 5 %, for 5 m', expr: `${F} / ${ON} ${N} > 0.05`, wait: 300 },
  { name: 'the same and at least 10 errors', expr: `${F} / ${ON} ${N} > 0.05 and ${F} >= 10`, wait: 300 },
  {
    name: '3 × the same time an hour ago, at least 10 errors, for 2 m',
    expr: `${F} > 3 * (${F} offset 1h) and ${F} >= 10 and ${F} / ${ON} ${N} > 0.02`,
    wait: 120,
  },
  {
    name: '3 × the same time yesterday, at least 10 errors, for 2 m',
    expr: `${F} > 3 * (${F} offset 1d) and ${F} >= 10 and ${F} / ${ON} ${N} > 0.02`,
    wait: 120,
  },
];
