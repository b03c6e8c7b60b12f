import type { Context } from '../options.ts';
import { BY_CODE, BY_OWNER, BY_SERVICE, ON_SERVICE } from '../promql.ts';
import { ALL, ONE, RECORDED } from '../recorded.ts';
import { most } from '../recording/spike.ts';
import type { AlertRule } from '../rule.ts';

const ABOUT = ['service_name', 'api_provider_name', 'api_failure_layer', 'api_provider_code'] as const;
const SERVICE = ['service_name', 'api_provider_name'] as const;
const { calls, failures, sparse, spike: spiking } = RECORDED;

/**
 * Which spikes are a page, and under which name: what makes one is in the recorded series. A service with less than a call a minute
 * gets a ticket: nobody is woken for four calls an hour.
 */
export const spike = (c: Context): AlertRule[] => {
  const busy = `(${calls('hour')} >= ${c.t.lowTrafficCalls} or ${calls('quarter')} >= ${c.t.lowTrafficCalls / 4})`;
  /** Seen twice within half an hour, which a Prometheus that was away remembers; once is enough where several scrapes in a row were looked at. */
  const twice = (rows: string) =>
    `${spiking}${rows}
and (last_over_time(${spiking}${rows}[${c.w('halfHour')}] offset ${c.w('spikeFor')}) or ${sparse}${rows})`;
  const page = { about: ABOUT, dashboard: 'failure', failing: true } as const;
  const common = { keepFiringFor: c.w('keepFiring'), severity: 'page', owner: 'by_label', page } as const;
  const counted = '{failures5m} of {calls5m} in {window5m}, usual is {usual}.';
  return [
    {
      ...common,
      alert: 'ApiErrorSpike',
      expr: `${twice('{codes="",api_failure_layer!="throttling"}')}\nand on (${BY_SERVICE}) ${busy}`,
      summary: '{service} → {provider}: {code} at the {layer} layer',
      description: `{ratio} of calls fail with {code} at the {layer} layer: ${counted}`,
    },
    {
      ...common,
      alert: 'ApiThrottlingSurge',
      expr: `${twice('{codes="",api_failure_layer="throttling"}')}\nand on (${BY_SERVICE}) ${busy}`,
      summary: '{service} is throttled by {provider}: {code}',
      description: `{ratio} of calls are turned away with {code}: ${counted}`,
      page: { ...page, load: true },
    },
    {
      ...common,
      alert: 'ApiErrorsManyCodes',
      expr: `${twice(ALL)}\nunless on (${BY_OWNER}) ${spiking}${ONE}\nand on (${BY_SERVICE}) ${busy}`,
      summary: '{service} → {provider}: failures of many codes, most {topCode}',
      description: `{ratio} of calls fail with codes that none of them would be much alone: ${counted}`,
      page: { ...page, about: SERVICE, dashboard: 'provider' },
    },
    {
      ...common,
      alert: 'ApiErrorSpikeLowTraffic',
      for: c.w('spikeFor'),
      keepFiringFor: c.w('twoHours'),
      expr: `${spiking}${ONE}\nunless on (${BY_SERVICE}) ${busy}`,
      severity: 'ticket',
      summary: '{service} → {provider}: {code} at the {layer} layer (few calls)',
      description:
        'Of few calls, {failures1h} of {calls1h} in {window1h} fail with {code} at the {layer} layer; usual is {usual}.',
    },
  ];
};

/**
 * One provider failing for several of its callers at once. Failures before anything was sent by the caller itself (`client`) say
 * nothing about the provider.
 */
export const providerDown = (c: Context): AlertRule[] => {
  const others = '{codes="",api_failure_layer!="client"}';
  const failing = `count by (api_provider_name) (count by (service_name, api_provider_name) (${spiking}${others}))`;
  return [
    {
      alert: 'ApiProviderDown',
      expr: `sum by (api_provider_name) (${failures('page')}${others})
/
sum by (api_provider_name) (${calls('page')})
> ${c.t.providerDownRatio}
and ${failing} >= ${c.t.providerDownServices}
and ${failing} / count by (api_provider_name) (${calls('page')} > 0) > ${c.t.providerDownShare}`,
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

/**
 * Calls that come in runs are judged by the run: it is over, it is all there was this hour, and most of it failed; no quarter of the
 * day before had half as many failures. Two runs of an hourly job count together, so that three calls an hour are enough.
 */
export const job = (c: Context): AlertRule[] => [
  {
    alert: 'ApiJobFailing',
    expr: `${failures('quarter')}${ALL} / ${ON_SERVICE} ${calls('quarter')}
and ${failures('quarter')} > ${ON_SERVICE} (${c.t.mostRatio} * ${calls('quarter')})
and (
  ${failures('quarter')} >= ${c.t.jobErrors} and ${failures('quarter')} > ${ON_SERVICE} ${most(c, calls('quarter'))}
  or
  ${failures('quarter')} + (${failures('quarter')} offset ${c.w('hour')}) >= ${c.t.jobErrorsOfTwo}
)
and on (${BY_SERVICE}) ${calls('confirm')} == 0
and on (${BY_SERVICE}) ${calls('hour')} < 1.2 * ${calls('quarter')}
unless max_over_time(${failures('quarter')}${ALL}[${c.w('day')}:${c.w('latency')}] offset ${c.w('jobPast')}) > 0.5 * ${failures('quarter')}${ALL}`,
    keepFiringFor: c.w('jobKeepFiring'),
    severity: 'page',
    owner: 'by_label',
    summary: '{service} → {provider}: the run of a job failed with {topCode}',
    description: '{ratio} of the run’s calls failed: {failures15m} of {calls15m}. The day before had no such run.',
    page: { about: SERVICE, dashboard: 'provider', failing: true },
  },
];

/** A code that neither the day before nor this time last week has seen, of a service that did call then; still going on, and no blip. */
export const newCode = (c: Context): AlertRule[] => [
  {
    alert: 'ApiNewErrorCode',
    expr: `${failures('hour')}{codes="",api_provider_code!=""} / ${ON_SERVICE} ${calls('hour')} > ${c.t.newCodeRatio}
and ${failures('hour')} >= ${c.t.newCodeErrors}
and ${failures('page')} > 0
and sum_over_time((${failures('page')} > bool 0)[${c.w('hour')}:${c.w('page')}]) >= ${c.t.newCodeWindows}
and on (${BY_SERVICE}) ${calls('hour')} offset ${c.w('day')} > 0
unless on (${BY_CODE}) sum_over_time(${failures('hour')}[${c.w('day')}:${c.w('hour')}] offset ${c.w('hour')}) > 0
unless on (${BY_CODE}) ${failures('hour')} offset ${c.w('week')} > 0`,
    for: c.w('newCodeFor'),
    keepFiringFor: c.w('ticketKeepFiring'),
    severity: 'ticket',
    owner: 'by_label',
    summary: '{service} → {provider}: new code {code}',
    description: '{code} was not seen in the day before: {failures1h} of {calls1h} calls in {window1h}.',
    page: { about: ABOUT, dashboard: 'failure', failing: true },
  },
];
