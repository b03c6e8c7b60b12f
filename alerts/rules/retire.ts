import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import type { AlertRule } from '../rule.ts';

const BY = 'service_name, api_provider_name, http_request_method, url_template';
/** An endpoint that its provider will switch off, told twice: a month and a week before. Where no end is said, a deprecation that is still to come counts. */
export const retire = (c: Context): AlertRule[] => {
  const at = `(min by (${BY}) (${METRICS.sunset.name}) or min by (${BY}) (${METRICS.deprecation.name} > time()))`;
  const within = (days: number) => `label_replace(${at} - time() < ${days} * 86400, "days", "${days}", "", "")`;
  return [
    {
      alert: 'ApiEndpointRetires',
      expr: `${within(c.t.retireNowDays)}\nor\n${within(c.t.retireDays)}`,
      for: c.w('steadyFor'),
      keepFiringFor: c.w('quarter'),
      severity: 'ticket',
      owner: 'caller',
      summary: '{service} → {provider}: {method} {template} {ends}',
      description:
        'The provider said in Deprecation or Sunset headers when {method} {template} ends. Move to its successor.',
      page: { about: ['service_name', 'api_provider_name'], dashboard: 'provider' },
    },
  ];
};
