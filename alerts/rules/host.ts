import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { BY_SERVICE } from '../promql.ts';
import { ALL, FAILED, RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const BY = `${BY_SERVICE}, server_address`;
const page = { about: ['service_name', 'api_provider_name', 'server_address'], dashboard: 'provider' } as const;

/** One host of many that fails inside a provider whose share hides it. A provider of one host has the spike. */
export const host = (c: Context): AlertRule[] => {
  const count = (series: string, w: 'quarter' | 'hour', offset = '') =>
    `sum by (${BY}) (increase(${series}[${c.w(w)}]${offset}))`;
  const share = (w: 'quarter' | 'hour', offset = '') =>
    `${count(FAILED, w, offset)} / ${count(METRICS.calls.name, w, offset)}`;
  const yesterday = ` offset ${c.w('day')}`;
  /** The provider as a whole is well. */
  const well = (w: 'quarter' | 'hour') =>
    `unless on (${BY_SERVICE}) sum by (${BY_SERVICE}) (${RECORDED.failures(w)}${ALL}) > ${c.t.spikeCap} * ${RECORDED.calls(w)}`;
  return [
    {
      alert: 'ApiHostDown',
      expr: `${share('quarter')} > ${c.t.hostTotal}
and ${count(FAILED, 'quarter')} >= ${c.t.hostCalls}
and ${count(METRICS.calls.name, 'hour', yesterday)} >= ${c.t.hostCalls}
unless ${share('hour', yesterday)} > ${c.t.hostUsual}
${well('quarter')}`,
      for: c.w('hangFor'),
      keepFiringFor: c.w('keepFiring'),
      severity: 'page',
      owner: 'provider',
      summary: '{service} → {provider}: no call to {server} succeeds, those to the others do',
      description:
        'All calls to {server} failed within {window15m}. Yesterday it was well, and the provider’s other hosts are.',
      page,
    },
    {
      alert: 'ApiHostFailing',
      expr: `${share('hour')} > ${c.t.hostRatio}
and ${count(FAILED, 'hour')} >= ${c.t.hostCalls}
unless ${share('hour', yesterday)} > ${c.t.hostUsual}
${well('hour')}`,
      for: c.w('hostFor'),
      keepFiringFor: c.w('ticketKeepFiring'),
      severity: 'ticket',
      owner: 'provider',
      summary: '{service} → {provider}: calls to {server} fail, the others do not',
      description: '{ratio} of the calls to {server} failed within {window1h}; the provider’s other hosts are well.',
      page,
    },
  ];
};
