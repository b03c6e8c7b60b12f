import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { BY_SERVICE } from '../promql.ts';
import { FAILED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const BY = `${BY_SERVICE}, server_address`;

/** One host of many that fails inside a provider whose share hides it. A provider of one host has the spike. */
export const host = (c: Context): AlertRule[] => {
  const count = (series: string, offset = '') => `sum by (${BY}) (increase(${series}[${c.w('hour')}]${offset}))`;
  const share = (offset = '') => `${count(FAILED, offset)} / ${count(METRICS.calls.name, offset)}`;
  return [
    {
      alert: 'ApiHostFailing',
      expr: `${share()} > ${c.t.hostRatio}
and ${count(FAILED)} >= ${c.t.hostCalls}
unless ${share(` offset ${c.w('day')}`)} > ${c.t.hostUsual}
unless on (${BY_SERVICE}) sum by (${BY_SERVICE}) (increase(${FAILED}[${c.w('hour')}])) > ${c.t.spikeCap} * sum by (${BY_SERVICE}) (increase(${METRICS.calls.name}[${c.w('hour')}]))`,
      for: c.w('hostFor'),
      keepFiringFor: c.w('ticketKeepFiring'),
      severity: 'ticket',
      owner: 'provider',
      summary: '{service} → {provider}: calls to {server} fail, the others do not',
      description: '{ratio} of the calls to {server} failed within {window1h}; the provider’s other hosts are well.',
      page: { about: ['service_name', 'api_provider_name', 'server_address'], dashboard: 'provider' },
    },
  ];
};
