import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { compare } from '../overrides.ts';
import { BY_SERVICE } from '../promql.ts';
import { ALL, FAILED, RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const { calls, cancels, p95, p95Baseline, timed } = RECORDED;
const ABOUT = ['service_name', 'api_provider_name'] as const;
const TICKET = { severity: 'ticket', owner: 'provider', page: { about: ABOUT, dashboard: 'provider' } } as const;

/**
 * Calls that never end, that are not made, or that their caller gives up: none is a failure that could be counted. Calls without status and
 * layer in the duration's buckets are those cancelled before an answer; a surge counts where most of them have waited.
 */
export const silence = (c: Context): AlertRule[] => {
  const now = `sum by (${BY_SERVICE}) (${METRICS.inFlight.name})`;
  const oldest = `max by (${BY_SERVICE}) (${METRICS.oldestInFlight.name})`;
  const day = `[${c.w('day')}:${c.w('latency')}] offset ${c.w('hour')}`;
  const high = (series: string) => `quantile_over_time(0.95, (${series})${day})`;
  const all = (w: 'page' | 'quarter', offset = '') => `(${calls(w)}${offset} + ${cancels(w)}${offset})`;
  const share = `${cancels('quarter')} / (${all('quarter')} > 0)`;
  const waited = (part: string) =>
    `sum by (${BY_SERVICE}) (increase(${METRICS.duration.name}_${part}[${c.w('quarter')}]))`;
  const unanswered = 'api_status_class="none",api_failure_layer=""';
  return [
    {
      alert: 'ApiCallsHang',
      expr: `${oldest} > ${c.t.hangSeconds}
and ${now} >= ${c.t.hangCalls}
and ${now} > ${c.t.hangFactor} * ${high(now)}
and ${oldest} > ${c.t.hangFactor} * ${high(oldest)}`,
      for: c.w('hangFor'),
      keepFiringFor: c.w('keepFiring'),
      severity: 'page',
      owner: 'provider',
      summary: '{service} → {provider}: calls do not end, the oldest is {seconds} old',
      description:
        '{inFlight} calls wait, more than {hangFactor} times what the day before had; {calls5m} ended in {window5m}.',
      page: { about: ABOUT, dashboard: 'provider', load: true },
    },
    {
      ...TICKET,
      alert: 'ApiCallsMissing',
      expr: `${calls('hour')} offset ${c.w('quarter')} > ${c.t.missingCalls}
unless ${calls('quarter')} > 0
unless ${cancels('quarter')} > 0
and min_over_time((${calls('quarter')})${day}) > 0
and count_over_time((${calls('quarter')})${day}) >= ${c.t.historyWindows}
unless ${calls('quarter')} offset ${c.w('week')} == 0`,
      for: c.w('missingFor'),
      keepFiringFor: c.w('ticketKeepFiring'),
      owner: 'caller',
      summary: '{service} makes no calls to {provider} any more',
      description:
        'No call ended for {window15m}; there were {value} in the hour before, and no such gap in the day before.',
    },
    {
      ...TICKET,
      alert: 'ApiCancelSurge',
      expr: `${share} > ${c.t.cancelShare}
and ${cancels('quarter')} >= ${c.t.cancels}
and ${cancels('page')} > ${c.t.cancelShare} * ${all('page')}
and last_over_time(${RECORDED.windows}[${c.w('hour')}]) >= ${c.t.newWindows}
unless ${share} <= ${c.t.cancelFactor} * ${high(share)}
unless ${share} <= ${c.t.cancelFactor} * ((${cancels('quarter')} offset ${c.w('day')}) / ${all('quarter', ` offset ${c.w('day')}`)})
and ${waited(`count{${unanswered}}`)} - ${waited(`bucket{${unanswered},le=~"${c.t.cancelSeconds}([.]0)?"}`)} > 0.5 * ${cancels('quarter')}`,
      for: c.w('steadyFor'),
      keepFiringFor: c.w('quarter'),
      summary: '{service} gives up waiting for {provider}: {ratio} of the calls are cancelled',
      description: `{cancels15m} calls were cancelled in {window15m}, beside {calls15m} that ended; most after more than ${c.t.cancelSeconds} s and before an answer. Cancels are no failures; so many at once are deadlines or people who do not wait.`,
      page: { ...TICKET.page, load: true },
    },
  ];
};

/** The slow end of the calls against its own past: a multiple of the usual, and slow in absolute terms too. */
export const latency = (c: Context): AlertRule[] => [
  {
    ...TICKET,
    alert: 'ApiLatencyHigh',
    expr: `(
  ${p95} > ${c.t.latencyFactor} * ${p95Baseline}
  and ${compare(c, p95, '>', 'latencySeconds', c.t.latencySeconds, calls('page'))}
  or
  ${p95} > ${c.t.latencyQuickFactor} * ${p95Baseline} and ${p95} > ${c.t.latencyQuickSeconds}
)
and ${timed} >= ${c.t.latencyCalls}`,
    for: c.w('latencyFor'),
    keepFiringFor: c.w('quarter'),
    summary: '{service} → {provider}: slow, p95 {seconds}',
    description: 'The slowest 5 % of calls take {seconds} or more; usual is {p95Baseline}.',
  },
];

/** One host of many that fails inside a provider whose share hides it. A provider of one host has the spike. */
export const host = (c: Context): AlertRule[] => {
  const by = `${BY_SERVICE}, server_address`;
  const ticket = { ...TICKET, page: { ...TICKET.page, about: [...ABOUT, 'server_address'] } } as const;
  const count = (series: string, w: 'quarter' | 'hour', offset = '') =>
    `sum by (${by}) (increase(${series}[${c.w(w)}]${offset}))`;
  const share = (w: 'quarter' | 'hour', offset = '') =>
    `${count(FAILED, w, offset)} / ${count(METRICS.calls.name, w, offset)}`;
  const yesterday = ` offset ${c.w('day')}`;
  /** The provider as a whole is well. */
  const well = (w: 'quarter' | 'hour') =>
    `unless on (${BY_SERVICE}) sum by (${BY_SERVICE}) (${RECORDED.failures(w)}${ALL}) > ${c.t.spikeCap} * ${RECORDED.calls(w)}`;
  return [
    {
      ...ticket,
      alert: 'ApiHostDown',
      expr: `${share('quarter')} > ${c.t.hostTotal}
and ${count(FAILED, 'quarter')} >= ${c.t.hostCalls}
and ${count(METRICS.calls.name, 'hour', yesterday)} >= ${c.t.hostCalls}
unless ${share('hour', yesterday)} > ${c.t.hostUsual}
${well('quarter')}`,
      for: c.w('hangFor'),
      keepFiringFor: c.w('keepFiring'),
      severity: 'page',
      summary: '{service} → {provider}: no call to {server} succeeds, those to the others do',
      description:
        'All calls to {server} failed within {window15m}. Yesterday it was well, and the provider’s other hosts are.',
    },
    {
      ...ticket,
      alert: 'ApiHostFailing',
      expr: `${share('hour')} > ${c.t.hostRatio}
and ${count(FAILED, 'hour')} >= ${c.t.hostCalls}
unless ${share('hour', yesterday)} > ${c.t.hostUsual}
${well('hour')}`,
      for: c.w('hostFor'),
      keepFiringFor: c.w('ticketKeepFiring'),
      summary: '{service} → {provider}: calls to {server} fail, the others do not',
      description: '{ratio} of the calls to {server} failed within {window1h}; the provider’s other hosts are well.',
    },
  ];
};
