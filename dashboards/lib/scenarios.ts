/**
 * What has to happen to a service for a panel to have something to say. Every panel names one; the tests play each of
 * them through the pipeline and ask that the panel's queries return data there.
 */
export const SCENARIOS = {
  healthy: 'calls that succeed',
  deploy_breaks_token: 'a deploy after which one provider answers 401',
  deploy: 'a deploy, and failures before and after it',
  rate_limited: 'a provider answers 429 with Retry-After and a shrinking budget',
  dns_failure: 'a name that no longer resolves',
  outage: 'a provider answers 503 or not at all, to several services',
  retries: 'failed calls are made again, some of them wrongly',
} as const;
export type Scenario = keyof typeof SCENARIOS;
