import type { Context } from '../options.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const { calls, failures, limit, bad } = RECORDED;

/**
 * One provider failing for several of its callers at once. A caller counts when a series of its own is beyond chance and
 * still bad; failures before anything was sent by the caller itself (`client`) say nothing about the provider.
 */
export const providerDown = (c: Context): AlertRule[] => {
  const failing = `count by (service_name, api_provider_name) (
    ${failures('5m')}{api_failure_layer!="client"} > ${limit('5m')} and ${bad} == 1
  )`;
  const callers = `count by (api_provider_name) (${calls('5m')} > 0)`;
  return [
    {
      alert: 'ApiProviderDown',
      expr: `sum by (api_provider_name) (${failures('5m')}{api_failure_layer!="client"})
/
sum by (api_provider_name) (${calls('5m')})
> ${c.t.providerDownRatio}
and count by (api_provider_name) (
  ${failing}
) >= ${c.t.providerDownServices}
and count by (api_provider_name) (
  ${failing}
) / ${callers} > ${c.t.providerDownShare}`,
      for: c.w('providerDownFor'),
      keepFiringFor: c.w('providerDownKeepFiring'),
      severity: 'page',
      owner: 'provider',
      summary: '{provider} fails for {services} services at once',
      description:
        '{ratio} of all calls to {provider} fail: {failures5m} of {calls5m} in {window5m}, {services} services.',
      page: { about: ['api_provider_name'], dashboard: 'provider' },
    },
  ];
};
