/**
 * Every number a rule compares with, once. Durations are seconds and all of them are multiplied by `scale`,
 * so that the same rules tell the same story in minutes (`scale: 1 / 60`) or in production (`scale: 1`).
 */
export const WINDOWS = {
  /** Interval of the rule groups. */
  evaluation: 30,
  /** Interval of the baseline group, whose inputs move slowly. */
  baselineEvaluation: 240,
  /** How long a blip lasts at most. */
  blip: 60,
  /** The window that holds one minute of growth: three scrapes of half a minute, or two of a minute, need more than a minute. */
  minute: 90,
  /** Confirming window: what is over has left it. Two scrapes of a minute each fit, or four of half a minute, one of them missed. */
  confirm: 120,
  /** How long `up` may be 0 before a target counts as down: one failed scrape is not enough. */
  scrape: 90,
  /** The window a spike is measured in. */
  page: 300,
  quarter: 900,
  halfHour: 1800,
  hour: 3600,
  twoHours: 7200,
  sixHours: 21_600,
  day: 86_400,
  week: 604_800,
  /** The newest part of the day that a baseline leaves out, so that an incident is not its own measure. */
  guard: 900,
  latency: 600,
  spikeFor: 30,
  providerDownFor: 30,
  throttlingFor: 30,
  /** Longer than the five minutes in which one blip holds the newest window up. */
  burnFor: 900,
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
  /**
   * Normal quantile of the bound of chance, one-sided 99.5 %. The bound is around the threshold, which is three times the
   * usual: around the usual itself it is five sigma and more, which thousands of series × hours a week need.
   */
  z: 2.576,
  /** The same for what is left without the worst minute: a blip alone leaves nothing, a lasting failure most. */
  blipZ: 1,
  /** Share of the failures from which the worst minute is a blip. */
  blipShare: 0.7,
  /** A service without traffic half an hour ago pages only when the bound is above this. */
  startupRatio: 0.5,
  /** Below this many calls in five minutes the hour is looked at instead. */
  lowTrafficCalls: 30,
  /** Three in an hour happen by chance, once in two weeks, to services with a call a minute and the usual failures. */
  lowTrafficErrors: 4,
  /** As `blipShare`, of failures that are counted and not extrapolated. */
  lowTrafficBlipShare: 0.6,
  newCodeErrors: 5,
  newCodeRatio: 0.005,
  /** Of the last hour’s twelve five-minute windows, those that had the code: a blip is in one or two. */
  newCodeWindows: 3,
  /** Share of good calls promised over a month; the burn factors are those of the SRE workbook, table 5-8. */
  objective: 0.999,
  burnFast: 14.4,
  burnSlow: 6,
  burnBaselineFactor: 2,
  /** The slow form asks less of each five minutes, and that six in ten of the last two hours are so: chance has one in ten. */
  burnLastingFactor: 1.5,
  burnLastingShare: 0.6,
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
