/**
 * Every number a rule compares with, once. Durations are seconds and all of them are multiplied by `scale`,
 * so that the same rules tell the same story in minutes (`scale: 1 / 60`) or in production (`scale: 1`).
 */
export const WINDOWS = {
  /** Interval of the rule groups. */
  evaluation: 30,
  /** Interval of the baseline group, whose inputs move slowly. */
  baselineEvaluation: 240,
  /** The window that holds one minute of growth where scrapes are half a minute apart or less. */
  minute: 90,
  /** The same where scrapes are a minute apart, or one was missed. */
  sparseMinute: 150,
  /** Confirming window: what is over has left it. Two scrapes of a minute each fit. */
  confirm: 120,
  /** How long `up` may be 0 before a target counts as down: one failed scrape is not enough. */
  scrape: 90,
  /** The window a spike is measured in; the next two where five minutes hold too little. */
  page: 300,
  quarter: 900,
  halfHour: 1800,
  hour: 3600,
  twoHours: 7200,
  day: 86_400,
  twoDays: 172_800,
  week: 604_800,
  /** The newest part of the day that a baseline leaves out. */
  guard: 900,
  /** Step between the windows of a day that a baseline looks at, and the window of a latency. */
  latency: 600,
  spikeFor: 30,
  hangFor: 120,
  missingFor: 300,
  hostFor: 900,
  /** Longer than the five minutes in which one blip holds the newest window up. */
  burnFor: 900,
  latencyFor: 600,
  newCodeFor: 60,
  steadyFor: 300,
  healthFor: 120,
  /** A page stays firing this long after its condition ends: an API that flaps every 25 minutes is one page. */
  keepFiring: 1800,
  /** A ticket ends before the page that inhibits it does, or each page would leave a ticket behind when it is over. */
  ticketKeepFiring: 300,
  /** Until the next run of an hourly job. */
  jobKeepFiring: 4500,
  /** Longer than the pages it inhibits, or they would all be sent when it ends first. */
  providerDownKeepFiring: 2700,
  /** What a job did before its last two hourly runs is its past. */
  jobPast: 9000,
  /** A page names a deploy of this long ago or newer. */
  deploy: 7200,
  /** Seconds a starting Prometheus may take to its first scrape; they are never scaled. */
  firstScrape: 10,
} as const;
export type Window = keyof typeof WINDOWS;

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
  /** Share of the calls that are unsafe retries. */
  retryUnsafeShare: { unit: 'ratio', min: 0, max: 1 },
  /** Share of a rate limit that is left when the ticket is opened. */
  rateLimitRemaining: { unit: 'ratio', min: 0, max: 1 },
} as const;
export type Overridable = keyof typeof OVERRIDABLE;

export const THRESHOLDS = {
  /** Threshold of a spike = clamp(factor × usual, floor, cap): in five minutes only what is much … */
  spikeFactor: 6,
  spikeFloor: 0.1,
  /** … in a quarter of an hour, of which a cold start fills a little, what is less. */
  lastingFactor: 3.3,
  lastingFloor: 0.02,
  /** What most of the day's hours have wanders for minutes at a time: it needs the first factor in a quarter of an hour too, and this much. */
  dailyFloor: 0.05,
  spikeCap: 0.2,
  /** But never below this multiple of what is usual all day, or at this hour of two days: what always fails a third of the time is no spike. */
  spikeUsualFactor: 2.6,
  /** The same over a quarter of an hour, in which noise weighs less. */
  lastingUsualFactor: 2,
  /** What always fails much is a page at this multiple, where two quarters of an hour in a row have it. */
  worseFactor: 1.6,
  /** … and the newest five minutes still have this multiple. */
  worseNow: 1.5,
  /** … or an hour has this one, and its newest quarter too: noise of that size is rare in an hour. */
  worseLasting: 1.45,
  worseUsual: 0.1,
  /** … or where so little of the usual successes is left. */
  worseLeft: 0.5,
  worseErrors: 20,
  spikeErrors: 5,
  /** Least number of failures in a quarter of an hour, or an hour. */
  lastingErrors: 4,
  /**
   * Normal quantile of the bound of chance, one-sided 99.5 %. The bound is around the threshold, which is three times the
   * usual: around the usual itself it is five sigma and more, which thousands of series × hours a week need.
   */
  z: 2.576,
  /** Share of the failures from which the worst minute is a blip. */
  blipShare: 0.65,
  lastingBlipShare: 0.52,
  /** Of a code's growth, the share by which all failures of its owner must have grown too: else a code was renamed. */
  renamedShare: 0.65,
  /** Failures of a quarter of an hour that are no news: this multiple of the day's median. */
  gainedFactor: 2,
  /** A code that so many of the day's active windows have is known; those before its first failure had none. */
  knownShare: 0.85,
  /** Active ten-minute windows of the last day that make a history: six hours. */
  historyWindows: 36,
  /** Active ten-minute windows from which a service is no longer new. */
  newWindows: 6,
  /** In its first half hour a service pages above this ratio only. */
  startupRatio: 0.15,
  /** Most calls fail: for a page in the first minutes, and of a job's run. */
  mostRatio: 0.5,
  /** Below this many calls in five minutes an hour is looked at too. */
  fewCalls: 30,
  /** Below this many calls in an hour, which is one a minute and some chance, the page is a ticket. */
  lowTrafficCalls: 48,
  jobErrors: 4,
  jobErrorsOfTwo: 5,
  hangCalls: 5,
  hangFactor: 3,
  hangSeconds: 120,
  /** Share of the calls that are cancelled: people who close a page are a few percent. */
  cancelShare: 0.1,
  /** More than a person in front of one search box makes. */
  cancels: 20,
  /** A surge is so many times what all but a twentieth of the day had. */
  cancelFactor: 3,
  /** A wait: longer than a debounce or a newer request ends a call; a bound of the duration's buckets. */
  cancelSeconds: 1,
  missingCalls: 30,
  hostCalls: 10,
  /** So much is all, but for a call that had begun before. */
  hostTotal: 0.99,
  hostRatio: 0.5,
  hostUsual: 0.1,
  retireDays: 30,
  retireNowDays: 7,
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
  /** What is quick may grow more before anybody notices. */
  latencyQuickFactor: 3,
  latencyQuickSeconds: 0.15,
  latencyCalls: 30,
  rateLimitRemaining: 0.1,
  certificateTicketDays: 21,
  certificatePageDays: 3,
  clockOffsetSeconds: 30,
  retryUnsafe: 3,
  retryUnsafeShare: 0.001,
  retryEarlyShare: 0.02,
  retryPointlessShare: 0.02,
  retryStormShare: 0.3,
  retryErrors: 20,
} as const;
export type Thresholds = { readonly [K in keyof typeof THRESHOLDS]: number };
