import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { compare } from '../overrides.ts';
import { BY_SERVICE } from '../promql.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';

const KINDS = [
  {
    alert: 'ApiRetryUnsafe',
    matcher: '{api_retry_kind="unsafe"}',
    share: 'retryUnsafeShare',
    least: 'retryUnsafe',
    summary: '{service} repeats writes to {provider} without an idempotency key',
    description:
      'Repeated writes whose first attempt had already left, {value} in {window1h}: each may have been carried out twice.',
  },
  {
    alert: 'ApiRetryEarly',
    matcher: '{api_retry_kind="early"}',
    share: 'retryEarlyShare',
    least: 'retryErrors',
    summary: '{service} calls {provider} again before Retry-After is over',
    description:
      'Attempts before the time the provider asked for, {value} in {window1h}: they keep the throttling alive.',
  },
  {
    alert: 'ApiRetryPointless',
    matcher: '{api_retry_kind="pointless"}',
    share: 'retryPointlessShare',
    least: 'retryErrors',
    summary: '{service} repeats calls to {provider} that cannot succeed',
    description: 'The same request again after an answer that only a changed request can mend, {value} in {window1h}.',
  },
  {
    alert: 'ApiRetryStorm',
    matcher: '',
    share: 'retryStormShare',
    least: 'retryErrors',
    summary: '{service} multiplies its calls to {provider} by retries',
    description:
      'Attempts after the first, {value} in {window1h}: retries add load to a provider that already struggles.',
  },
] as const;

/** Retries that do harm. The share is of all calls, so that a busy service is not judged by its size. */
export const retries = (c: Context): AlertRule[] =>
  KINDS.map((k) => {
    const count = `sum by (${BY_SERVICE}) (increase(${METRICS.retries.name}${k.matcher}[${c.w('hour')}]))`;
    const recent = `sum by (${BY_SERVICE}) (increase(${METRICS.retries.name}${k.matcher}[${c.w('page')}])) > 0`;
    const share = `${count} / ${RECORDED.calls('hour')}`;
    const much =
      k.share === 'retryUnsafeShare'
        ? compare(c, share, '>', k.share, c.t[k.share], RECORDED.calls('page'))
        : `${share} > ${c.t[k.share]}`;
    return {
      alert: k.alert,
      expr: `${count} >= ${c.t[k.least]}\nand ${much}\nand ${recent}`,
      for: c.w('steadyFor'),
      keepFiringFor: c.w('quarter'),
      severity: 'ticket',
      owner: k.alert === 'ApiRetryUnsafe' || k.alert === 'ApiRetryPointless' ? 'caller' : 'load',
      summary: k.summary,
      description: k.description,
      page: { about: ['service_name', 'api_provider_name'], dashboard: 'provider', load: true },
    };
  });
