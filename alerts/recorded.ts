import { METRICS } from '../src/contract/index.ts';
import { duration } from './promql.ts';
import { WINDOWS, type Window } from './thresholds.ts';

/** The window in a name is the production one; with a scale the name stays and the window shrinks. */
const named = (w: Window): string => duration(WINDOWS[w]);
type Totalled = 'confirm' | 'page' | 'quarter' | 'hour';

/**
 * The recorded series, for rules and dashboards alike. `increase` and not `rate`: counts are what the bound of chance and the page need.
 * Those of `service_provider_code` have a row for each code, and one with `codes="all"` for all failures that one owner can mend.
 */
export const RECORDED = {
  /** Calls by service and provider, without those that the caller itself ended. */
  calls: (w: Totalled) => `service_provider:api_client_calls:increase${named(w)}`,
  /** Calls that the caller itself ended. */
  cancels: (w: Totalled) => `service_provider:api_client_cancels:increase${named(w)}`,
  /** The same of about a minute, as its scrapes show them, counted and not extrapolated. */
  callsOfMinute: 'service_provider:api_client_calls:minute',
  cancelsOfMinute: 'service_provider:api_client_cancels:minute',
  /** Scrapes within a minute and a half: two at most where they are a minute apart. */
  scrapes: 'service_provider:api_client_calls:scrapes',
  failures: (w: Totalled) => `service_provider_code:api_client_failures:increase${named(w)}`,
  failuresOfMinute: 'service_provider_code:api_client_failures:minute',
  /** Failures of an hour by calls, of hours with calls. */
  ratio: 'service_provider_code:api_client_failure_ratio:ratio1h',
  /** The median of the last day's hours; a code that most of them do not have has none. */
  median: 'service_provider_code:api_client_failure_ratio:median1d',
  /** The ratio that is usual: the median of six active hours and more, or this hour of both last days. */
  usual: 'service_provider_code:api_client_failure_ratio:usual',
  /** The largest of the median, this hour yesterday, and this hour a week ago. */
  baseline: 'service_provider_code:api_client_failure_ratio:baseline',
  /** Failures of a quarter of an hour that are usual, by the day and by the last two hours. */
  steady: 'service_provider_code:api_client_failures:steady15m',
  /** Windows of the last day in which the service made calls. */
  windows: 'service_provider:api_client_calls:windows1d',
  /** The ratio from which it is a spike, in five minutes and in longer windows. */
  threshold: (w: 'page' | 'quarter') => `service_provider_code:api_client_failure_ratio:threshold${named(w)}`,
  /** Failures of a quarter of an hour beyond the usual, without its worst minute. */
  excess: 'service_provider_code:api_client_failures:excess15m',
  /** The newest failure ratio where scrapes are a minute apart and enough of them in a row fail: no blip. */
  sparse: 'service_provider_code:api_client_failure_ratio:sparse',
  /** The failure ratio where it is beyond chance, the usual and a blip, and still going on. */
  spike: 'service_provider_code:api_client_failure_ratio:spike',
  p95: 'service_provider:api_client_duration_seconds:p95_10m',
  p95Baseline: 'service_provider:api_client_duration_seconds:p95_baseline',
  timed: 'service_provider:api_client_duration_seconds:count10m',
} as const;

export const FAILED = `${METRICS.calls.name}{api_failure_layer!="",api_failure_reason!="mcp.tool_error"}`;
export const ONE = '{codes=""}';
export const ALL = '{codes="all"}';

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}
