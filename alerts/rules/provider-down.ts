import type { Context } from '../options.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const { calls, failures, spike } = RECORDED;

/**
 * One provider failing for several of its callers at once. Failures before anything was sent by the caller itself (`client`) say
 * nothing about the provider.
 */
export const providerDown = (c: Context): AlertRule[] => {
  const others = '{codes="",api_failure_layer!="client"}';
  const failing = `count by (api_provider_name) (count by (service_name, api_provider_name) (${spike}${others}))`;
  return [
    {
      alert: 'ApiProviderDown',
      expr: `sum by (api_provider_name) (${failures('page')}${others})
/
sum by (api_provider_name) (${calls('page')})
> ${c.t.providerDownRatio}
and ${failing} >= ${c.t.providerDownServices}
and ${failing} / count by (api_provider_name) (${calls('page')} > 0) > ${c.t.providerDownShare}`,
      for: c.w('spikeFor'),
      keepFiringFor: c.w('providerDownKeepFiring'),
      severity: 'page',
      owner: 'provider',
      summary: '{provider} fails for {services} services at once: {topReasons}',
      description:
        '{ratio} of all calls to {provider} fail: {failures5m} of {calls5m} in {window5m}. Services: {serviceNames}.',
      page: { about: ['api_provider_name'], dashboard: 'provider', failing: true },
    },
  ];
};
