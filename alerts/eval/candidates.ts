import { RECORDED } from '../recorded.ts';
import type { PastPrometheus } from './prometheus.ts';
import { EPOCH } from './simulate.ts';
import { END, JUDGED_FROM, MINUTE } from './world.ts';

/**
 * Where an alert can be true at all. Its condition contains a cheaper one; outside of that it need not be asked, and each
 * service is asked alone, since the rest of its condition only reads the service's own series. What is left out is false by
 * construction: the answer is the same as that of the whole, in a hundredth of the time.
 */
export interface Span {
  readonly only: string;
  readonly from: number;
  readonly to: number;
}

const { calls, failures, threshold } = RECORDED;
const ON = 'on (service_name, api_provider_name)';
const above = (selector: string): string =>
  `(${failures('5m')}{${selector}} > 0) / ${ON} group_left () ${calls('5m')} > ${threshold}`;

/** The cheap condition, the label that says whom to ask alone, and its step: shorter than any `for`. */
const CONDITIONS: Readonly<Record<string, readonly [expr: string, label: 'service_name' | 'api_provider_name']>> = {
  ApiErrorSpike: [above('api_failure_layer!="throttling"'), 'service_name'],
  ApiThrottlingSurge: [above('api_failure_layer="throttling"'), 'service_name'],
  ApiProviderDown: [
    `${above('api_failure_layer!="client"')} and on (api_provider_name) count by (api_provider_name) (${calls('5m')}) > 1`,
    'api_provider_name',
  ],
  ApiErrorSpikeLowTraffic: [`${failures('5m')} > 0 and ${ON} ${calls('5m')} < 30`, 'service_name'],
};

/** Spans of the judged time, with room for `for` and windows on either side; undefined when the alert has no cheap condition. */
export async function candidates(
  alert: string,
  prometheus: PastPrometheus,
  inline: (expr: string) => string,
): Promise<Span[] | undefined> {
  const condition = CONDITIONS[alert];
  if (condition === undefined) return undefined;
  const [expr, label] = condition;
  const times = new Map<string, Set<number>>();
  for (const { metric, values } of await prometheus.range(inline(expr), EPOCH + JUDGED_FROM, EPOCH + END, MINUTE)) {
    const set = times.get(metric[label]!) ?? new Set();
    times.set(metric[label]!, set);
    for (const [t] of values) set.add(t);
  }
  return [...times].flatMap(([who, set]) =>
    merge(
      `${label}="${who}"`,
      [...set].toSorted((a, b) => a - b),
    ),
  );
}

/** Neighbouring moments as one span. */
function merge(only: string, moments: readonly number[]): Span[] {
  const room = 10 * MINUTE;
  const spans: { only: string; from: number; to: number }[] = [];
  for (const t of moments) {
    const last = spans.at(-1);
    if (last !== undefined && t - room <= last.to) last.to = t + room;
    else spans.push({ only, from: t - room, to: t + room });
  }
  return spans;
}

/** Adds a matcher to every selector of an inlined expression. */
export const narrowed = (expr: string, matcher: string): string =>
  expr.replace(
    /(?<![\w:"])(api_client_\w+|service_provider\w*:[\w:]+)(\{[^}]*\})?/g,
    (_, name: string, own?: string) =>
      own === undefined || own === '{}' ? `${name}{${matcher}}` : `${name}${own.slice(0, -1)},${matcher}}`,
  );
