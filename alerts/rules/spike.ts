import type { Context } from '../options.ts';
import { BY_OWNER, BY_SERVICE } from '../promql.ts';
import { ALL, ONE, RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const ABOUT = ['service_name', 'api_provider_name', 'api_failure_layer', 'api_provider_code'] as const;
const SERVICE = ['service_name', 'api_provider_name'] as const;
const { calls, spike: found } = RECORDED;

/**
 * Which spikes are a page, and under which name: what makes one is in the recorded series. A service with less than a call a minute
 * gets a ticket: nobody is woken for four calls an hour.
 */
export const spike = (c: Context): AlertRule[] => {
  const busy = `(${calls('hour')} >= ${c.t.lowTrafficCalls} or ${calls('quarter')} >= ${c.t.lowTrafficCalls / 4})`;
  const of = (selector: string) => `${found}{codes="",${selector}}`;
  const common = { for: c.w('spikeFor'), keepFiringFor: c.w('keepFiring'), owner: 'by_label' } as const;
  const numbers =
    '{ratio} of calls fail with {code} at the {layer} layer: {failures5m} of {calls5m} in {window5m}, usual is {usual}.';
  return [
    {
      ...common,
      alert: 'ApiErrorSpike',
      expr: `${of('api_failure_layer!="throttling"')}\nand on (${BY_SERVICE}) ${busy}`,
      severity: 'page',
      summary: '{service} → {provider}: {code} at the {layer} layer',
      description: numbers,
      page: { about: ABOUT, dashboard: 'failure', failing: true },
    },
    {
      ...common,
      alert: 'ApiThrottlingSurge',
      expr: `${of('api_failure_layer="throttling"')}\nand on (${BY_SERVICE}) ${busy}`,
      severity: 'page',
      summary: '{service} is throttled by {provider}: {code}',
      description:
        '{ratio} of calls are turned away with {code}: {failures5m} of {calls5m} in {window5m}, usual is {usual}.',
      page: { about: ABOUT, dashboard: 'failure', failing: true, load: true },
    },
    {
      ...common,
      alert: 'ApiErrorsManyCodes',
      expr: `${found}${ALL}\nunless on (${BY_OWNER}) ${found}${ONE}\nand on (${BY_SERVICE}) ${busy}`,
      severity: 'page',
      summary: '{service} → {provider}: failures of many codes, most {topCode}',
      description:
        '{ratio} of calls fail with codes that none of them would be much alone: {failures5m} of {calls5m} in {window5m}, usual is {usual}.',
      page: { about: SERVICE, dashboard: 'provider', failing: true },
    },
    {
      ...common,
      alert: 'ApiErrorSpikeLowTraffic',
      keepFiringFor: c.w('twoHours'),
      expr: `${found}${ONE}\nunless on (${BY_SERVICE}) ${busy}`,
      severity: 'ticket',
      summary: '{service} → {provider}: {code} at the {layer} layer (few calls)',
      description:
        'Of few calls, {failures1h} of {calls1h} in {window1h} fail with {code} at the {layer} layer; usual is {usual}.',
      page: { about: ABOUT, dashboard: 'failure', failing: true },
    },
  ];
};
