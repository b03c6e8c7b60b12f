import { RECORDED } from '../../alerts/recorded.ts';
import type { PastPrometheus, Series } from './prometheus.ts';
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
// No bound is below one and a half failures.
const SPIKE = `(${failures('5m')} > 1.4) / ${ON} group_left () ${calls('5m')} > ${threshold}`;
const QUIET = `${failures('5m')} > 0 and ${ON} ${calls('5m')} < 30`;

interface Condition {
  readonly expr: string;
  /** Which of the answer's series matter. */
  readonly of?: (metric: Series['metric']) => boolean;
  /** The label that says whom to ask alone. */
  readonly alone: 'service_name' | 'api_provider_name';
}

const throttled = (metric: Series['metric']) => metric['api_failure_layer'] === 'throttling';

/** The cheap conditions; where two alerts have the same expression, it is asked once. */
const CONDITIONS: Readonly<Record<string, Condition>> = {
  ApiErrorSpike: { expr: SPIKE, of: (m) => !throttled(m), alone: 'service_name' },
  ApiThrottlingSurge: { expr: SPIKE, of: throttled, alone: 'service_name' },
  ApiProviderDown: { expr: SPIKE, of: (m) => m['api_failure_layer'] !== 'client', alone: 'api_provider_name' },
  ApiErrorSpikeLowTraffic: { expr: QUIET, alone: 'service_name' },
};

/** Asks the cheap conditions of one database, each once, a minute apart: shorter than any `for`. */
export class Candidates {
  readonly #answers = new Map<string, Promise<Series[]>>();
  readonly #ask: (expr: string) => Promise<Series[]>;
  /** Providers with more than one caller; the others cannot be down for several. */
  readonly #shared: ReadonlySet<string>;

  constructor(prometheus: PastPrometheus, inline: (expr: string) => string, shared: ReadonlySet<string>) {
    this.#ask = (expr) => prometheus.range(inline(expr), EPOCH + JUDGED_FROM, EPOCH + END, MINUTE);
    this.#shared = shared;
  }

  /** Spans of the judged time, with room for `for` and windows on either side; undefined when the alert has no cheap condition. */
  async of(alert: string): Promise<Span[] | undefined> {
    const condition = CONDITIONS[alert];
    if (condition === undefined) return undefined;
    const { expr, of = () => true, alone } = condition;
    const answer = this.#answers.get(expr) ?? this.#ask(expr);
    this.#answers.set(expr, answer);
    const times = new Map<string, Set<number>>();
    for (const { metric, values } of await answer) {
      const who = metric[alone]!;
      if (!of(metric) || (alone === 'api_provider_name' && !this.#shared.has(who))) continue;
      const set = times.get(who) ?? new Set();
      times.set(who, set);
      for (const [t] of values) set.add(t);
    }
    return [...times].flatMap(([who, set]) =>
      merge(
        `${alone}="${who}"`,
        [...set].toSorted((a, b) => a - b),
      ),
    );
  }
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
