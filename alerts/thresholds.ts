/**
 * Every number a rule compares with, once. Durations are seconds and all of them are multiplied by `scale`,
 * so that the same rules tell the same story in minutes (`scale: 1 / 60`) or in production (`scale: 1`).
 */
export const WINDOWS = {
  /** Interval of the rule groups. */
  evaluation: 30,
  /** Interval of the baseline group, whose inputs move slowly. */
  baselineEvaluation: 240,
  /** Confirming window: a blip has left it before `spikeFor` is over. */
  short: 60,
  /** Stands in for the confirming window where a missed scrape left it without two samples. */
  shortFallback: 120,
  /** How long `up` may be 0 before a target counts as down: one failed scrape is not enough. */
  scrape: 90,
  /** The window a spike is measured in. */
  page: 300,
  quarter: 900,
  halfHour: 1800,
  hour: 3600,
  sixHours: 21_600,
  day: 86_400,
  week: 604_800,
  /** The newest part of the day that a baseline leaves out, so that an incident is not its own measure. */
  guard: 900,
  /** How far back the bad minutes of a flapping API are counted, and in what steps. */
  flapping: 900,
  flappingStep: 60,
  latency: 600,
  spikeFor: 120,
  lowTrafficFor: 30,
  providerDownFor: 60,
  throttlingFor: 120,
  burnFor: 1800,
  latencyFor: 600,
  newCodeFor: 60,
  steadyFor: 300,
  healthFor: 120,
  /** A firing page stays firing this long after its condition ends: a flapping API is one page, not ten. */
  keepFiring: 900,
  /** A ticket ends before the page that inhibits it does, or each page would leave a ticket behind when it is over. */
  ticketKeepFiring: 300,
  /** Longer than the pages it inhibits, or they would all be sent when it ends first. */
  providerDownKeepFiring: 1800,
} as const;

/** Numbers that an override may change for one provider, one service, or both. */
export const OVERRIDABLE = {
  /** Failure ratio from which a spike by code pages; replaces the series' own threshold. */
  spikeRatio: { unit: 'ratio', min: 0, max: 1 },
  /** Least number of failures in five minutes before a spike by code may page. */
  spikeErrors: { unit: 'failures', min: 1, max: 1e6 },
  /** Failure ratio by owner that counts as burning the budget; replaces the series' own threshold. */
  burnRatio: { unit: 'ratio', min: 0, max: 1 },
  /** 95th percentile below which latency is never reported. */
  latencySeconds: { unit: 'seconds', min: 0, max: 3600 },
  /** Share of a rate limit that is left when the ticket is opened. */
  rateLimitRemaining: { unit: 'ratio', min: 0, max: 1 },
} as const;
export type Overridable = keyof typeof OVERRIDABLE;

export const THRESHOLDS = {
  /** Threshold of a spike = clamp(factor × baseline, floor, cap). The cap keeps a high baseline from hiding an outage. */
  spikeFactor: 3,
  spikeFloor: 0.02,
  spikeCap: 0.2,
  /** … but never below this multiple of the day’s own mean: an API that always fails a third of the time is no spike. */
  spikeDayFactor: 2.2,
  spikeErrors: 5,
  /** One-sided 99 % normal quantile of the confidence bound. */
  z: 2.326,
  /** Bad minutes of the last fifteen that count as flapping. */
  flappingMinutes: 8,
  /** A service without traffic an hour ago pages only when the bound is above this. */
  startupRatio: 0.5,
  /** Below this many calls in five minutes the hour is looked at instead. */
  lowTrafficCalls: 30,
  /** Three and even four in an hour happen by chance, once in two weeks, to services with a call a minute and the usual failures. */
  lowTrafficErrors: 5,
  /** The same for a quarter of an hour, where chance has less room. */
  lowTrafficBurst: 4,
  /** A quarter of an hour whose worst minute holds more than this share of its failures is a blip. */
  blipShare: 0.7,
  newCodeErrors: 5,
  newCodeRatio: 0.005,
  /** Of the last hour’s twelve five-minute windows, those that had the code: a blip is in one or two. */
  newCodeWindows: 3,
  /** Share of good calls promised over a month; the burn factors are those of the SRE workbook, table 5-8. */
  objective: 0.999,
  burnFast: 14.4,
  burnSlow: 6,
  burnBaselineFactor: 2,
  burnErrors: 30,
  providerDownRatio: 0.2,
  providerDownServices: 2,
  providerDownShare: 0.4,
  latencyFactor: 2,
  latencySeconds: 0.5,
  latencyCalls: 30,
  rateLimitRemaining: 0.1,
  certificateTicketDays: 21,
  certificatePageDays: 3,
  clockOffsetSeconds: 30,
  retryUnsafe: 3,
  retryEarlyShare: 0.02,
  retryPointlessShare: 0.02,
  retryStormShare: 0.3,
  retryErrors: 20,
} as const;
export type Thresholds = { readonly [K in keyof typeof THRESHOLDS]: number };
