import { METRICS } from '../../../src/contract/index.ts';
import type { Case } from './case.ts';
import {
  CHECKOUT,
  calls,
  counter,
  failures,
  gauge,
  hours,
  metric,
  minutes,
  repeat,
  type Series,
  scraped,
} from './series.ts';

const LONG = hours(2);
/** A healthy time before anything happens: longer than the half hour in which a service counts as starting. */
const LEAD = minutes(40);
const AUTH = { service_name: 'checkout', api_failure_layer: 'auth', api_provider_code: 'expired', owner: 'caller' };
/** A healthy time, then ten minutes of this many failures per half minute, then quiet. */
const episode = (perStep: number, steps = minutes(10)) =>
  counter([0, LEAD], [perStep, steps], [0, LONG - LEAD - steps]);
const healthy = calls(counter([30, LONG]));

/** Scraped once a minute: pieces of so much growth a minute and so many minutes. */
const eachMinute = (...pieces: readonly (readonly [growth: number, minutes: number])[]) =>
  counter(...pieces.flatMap(([growth, n]) => repeat(n, [growth, 1], ['gap', 1])));
const totalFor = (n: number): Series[] => [
  calls(eachMinute([60, 40], [0, n], [60, 80 - n])),
  failures(eachMinute([0, 40], [60, n], [0, 80 - n]), 'auth', 'expired'),
  scraped(LONG),
];

/** Minutes that make a history. */
const PAST = 6.5 * 60;
const NOT_FOUND = { api_provider_code: 'not_found', owner: 'caller' };
/** Of 100 calls each half minute 40 fail for the time that makes a history, then as many as said. */
const always40 = (...then: readonly (readonly [failing: number, steps: number])[]): Series[] => {
  const all = [[40, minutes(PAST)] as const, ...then];
  return [
    calls(counter(...all.map(([n, steps]) => [100 - n, steps] as const))),
    failures(counter(...all), 'endpoint', 'not_found'),
    scraped(hours(9)),
  ];
};

export const SPIKE: Readonly<Record<string, readonly Case[]>> = {
  ApiErrorSpike: [
    {
      name: 'fires within three and a half minutes of half the calls failing, and resolves',
      series: [healthy, failures(episode(30), 'auth', 'expired'), scraped(LONG)],
      expect: [
        { minute: 39, firing: [] },
        { minute: 43.5, firing: [AUTH] },
        { minute: 49, firing: [AUTH] },
        { minute: 85, firing: [] },
      ],
    },
    {
      name: 'takes the share of the calls that were not cancelled: five in fifteen and not in a hundred',
      series: [
        calls(counter([100, LONG])),
        metric(METRICS.cancelled.name, CHECKOUT, counter([90, LONG])),
        failures(episode(5), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [
        { minute: 39, firing: [] },
        { minute: 46, firing: [AUTH] },
        { minute: 90, firing: [] },
      ],
    },
    {
      name: 'fires two minutes after all calls fail where scrapes are a minute apart',
      series: totalFor(10),
      expect: [
        { minute: 40, firing: [] },
        { minute: 41.5, firing: [AUTH] },
        { minute: 100, firing: [] },
      ],
    },
    {
      name: 'leaves a minute alone in which all calls fail where scrapes are a minute apart',
      series: totalFor(1),
      expect: [40, 40.5, 41, 41.5, 42, 43, 44, 45].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'sees a code whose series begins with the incident',
      series: [
        healthy,
        failures(counter(['gap', LEAD], [0, 1], [30, minutes(10)], [0, minutes(60)]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [{ minute: 44.5, firing: [AUTH] }],
    },
    {
      name: 'leaves what fails every day alone while it wanders below five percent, and fires far beyond that',
      series: [
        calls(counter([200, hours(5)])),
        failures(
          counter([1, hours(3)], [8, minutes(20)], [1, minutes(40)], [16, minutes(20)], [1, minutes(40)]),
          'payload',
          'declined',
        ),
        scraped(hours(5)),
      ],
      expect: [
        ...[10, 15, 20, 25].map((minute) => ({ minute: 3 * 60 + minute, firing: [] })),
        { minute: 4 * 60 + 18, firing: [{ ...AUTH, api_failure_layer: 'payload', api_provider_code: 'declined' }] },
      ],
    },
    {
      name: 'leaves tools of MCP alone that say that their own work failed',
      series: [
        healthy,
        metric(
          METRICS.calls.name,
          {
            service_name: 'checkout',
            api_provider_name: 'stripe',
            api_failure_layer: 'payload',
            api_failure_reason: 'mcp.tool_error',
          },
          episode(30),
        ),
        scraped(LONG),
      ],
      expect: [43.5, 49].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'leaves a blip of one minute alone',
      series: [healthy, failures(episode(30, minutes(1)), 'auth', 'expired'), scraped(LONG)],
      expect: [41, 42, 43, 44, 45, 46].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'leaves a bad minute among few calls alone, although a failure a minute goes on after it',
      series: [
        calls(counter([15, LONG])),
        failures(counter([0, LEAD], [12, 2], ...repeat(8, [0, 1], [1, 1]), [0, hours(1)]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [41, 42, 43, 44, 45, 46, 47].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'leaves four failures alone, however few the calls',
      series: [
        calls(counter([30, LEAD], [0, LONG - LEAD])),
        failures(counter([0, LEAD], [1, 4], [0, LONG - LEAD - 4]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [41, 42, 43, 44, 45].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'is not reset by one failed scrape',
      series: [
        calls(counter([30, LEAD + 4], ['gap', 1], [30, LONG - LEAD - 5])),
        failures(counter([0, LEAD], [30, 4], ['gap', 1], [30, 16]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [{ minute: 45, firing: [AUTH] }],
    },
    {
      name: 'does not fire for the ratio that is usual for the series',
      series: [calls(counter([30, LONG])), failures(counter([4, LONG]), 'endpoint', 'not_found'), scraped(LONG)],
      expect: [{ minute: 120, firing: [] }],
    },
    {
      name: 'fires for what always fails 40 % of the calls after two quarters of an hour at 70 %',
      series: always40([70, hours(1)]),
      expect: [
        ...[10, 20].map((minute) => ({ minute: PAST + minute, firing: [] })),
        { minute: PAST + 36, firing: [NOT_FOUND] },
      ],
    },
    {
      name: 'fires for what always fails 40 % of the calls after an hour at 60 %, not at 55 %',
      series: always40([55, minutes(70)], [60, hours(1)]),
      expect: [
        ...[20, 40, 68, 80].map((minute) => ({ minute: PAST + minute, firing: [] })),
        { minute: PAST + 115, firing: [NOT_FOUND] },
      ],
    },
    {
      name: 'counts on across a restart',
      series: [
        calls(counter([30, LEAD + 3], 'restart', [30, LONG - LEAD - 3])),
        failures(counter([0, LEAD], [30, 3], 'restart', [30, 17]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [{ minute: 45, firing: [AUTH] }],
    },
    {
      name: 'finds two bad minutes of every five (flapping)',
      series: [
        healthy,
        failures(counter([0, LEAD], ...repeat(12, [30, 4], [0, 6]), [0, hours(1)]), 'service', 'bad_gateway'),
        scraped(LONG),
      ],
      expect: [
        ...[48, 57, 65].map((minute) => ({
          minute,
          firing: [{ api_provider_code: 'bad_gateway', owner: 'provider' }],
        })),
        { minute: 145, firing: [] },
      ],
    },
    {
      name: 'fires at the fourth failure in as many minutes, although two of them are in one scrape',
      series: [
        calls(counter(...repeat(80, [0, 1], [1, 1]))),
        failures(counter([0, LEAD], [2, 1], [0, 3], [1, 1], [0, 1], [1, 1], [0, hours(1)]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [
        { minute: 42.5, firing: [] },
        { minute: 44.5, firing: [AUTH] },
        { minute: 95, firing: [] },
      ],
    },
    {
      name: 'counts on across a restart, whatever the counter was before',
      series: [
        calls(counter(...repeat(40, [0, 1], [1, 1]), 'restart', ...repeat(80, [0, 1], [1, 1]))),
        failures(
          counter([50, 1], [0, LEAD - 1], 'restart', [0, 1], ...repeat(5, [1, 1], [0, 1]), [0, hours(1)]),
          'auth',
          'expired',
        ),
        scraped(LONG),
      ],
      expect: [
        { minute: 39, firing: [] },
        { minute: 44.5, firing: [AUTH] },
        { minute: 95, firing: [] },
      ],
    },
  ],
  ApiErrorSpikeLowTraffic: [
    {
      name: 'fires when the few calls all fail, and resolves',
      series: [
        calls(counter(...repeat(30, [0, 7], [1, 1]), [0, LONG - LEAD])),
        failures(counter([0, LEAD], ...repeat(6, [0, 3], [1, 1]), [0, hours(1)]), 'tls', ''),
        scraped(LONG),
      ],
      expect: [
        { minute: 39, firing: [] },
        { minute: 51, firing: [{ service_name: 'checkout', api_failure_layer: 'tls', owner: 'network' }] },
        { minute: 230, firing: [] },
      ],
    },
    {
      name: 'leaves three failures in as many minutes alone',
      series: [
        calls(counter(...repeat(80, [0, 1], [1, 1]))),
        failures(counter([0, LEAD], ...repeat(3, [1, 1], [0, 1]), [0, hours(1)]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [41, 42, 43, 44, 45, 47, 50].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'fires for one call in four minutes that fails, over the hour',
      series: [
        calls(counter(...repeat(20, [0, 7], [1, 1]), [0, LONG])),
        failures(counter([0, hours(1)], ...repeat(15, [0, 7], [1, 1]), [0, hours(2)]), 'auth', 'expired'),
        scraped(hours(4)),
      ],
      expect: [
        { minute: 70, firing: [] },
        { minute: 95, firing: [AUTH] },
        { minute: 270, firing: [] },
      ],
    },
    {
      name: 'leaves a blip of a minute alone, and the one failure by chance that follows it',
      series: [
        calls(counter(...repeat(120, [1, 1], [0, 1]))),
        failures(counter([0, LEAD], [2, 2], [0, minutes(5)], [1, 1], [0, hours(1)]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [41, 43, 45.5, 46, 47, 48, 50].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'leaves five failures in half an hour alone where a call is made each minute: chance has that many',
      series: [
        calls(counter([0.5, hours(4)])),
        failures(
          counter([0, minutes(150)], ...repeat(5, [1, 1], [0, minutes(6) - 1]), [0, hours(1)]),
          'auth',
          'expired',
        ),
        scraped(hours(4)),
      ],
      expect: [18.5, 19, 24.5, 25, 26, 28].map((minute) => ({ minute: 150 + minute, firing: [] })),
    },
    {
      name: 'leaves one failure of two calls alone',
      series: [
        calls(counter([0, LEAD], [1, 1], [0, LONG - LEAD - 1])),
        failures(counter([0, LEAD], [1, 1], [0, LONG - LEAD - 1]), 'tls', ''),
        scraped(LONG),
      ],
      expect: [41, 43, 46].map((minute) => ({ minute, firing: [] })),
    },
  ],
  ApiThrottlingSurge: [
    {
      name: 'fires for the throttling layer only, to those who own the load, and resolves',
      series: [healthy, failures(episode(30), 'throttling', 'rate_limit'), scraped(LONG)],
      expect: [
        {
          minute: 44,
          firing: [{ service_name: 'checkout', api_provider_code: 'rate_limit', owner: 'load', severity: 'page' }],
        },
        { minute: 88, firing: [] },
      ],
    },
    {
      name: 'leaves other layers to the spike alert',
      series: [healthy, failures(episode(30), 'auth', 'expired'), scraped(LONG)],
      expect: [{ minute: 44, firing: [] }],
    },
  ],
  ApiRateLimitLow: [
    {
      name: 'fires while a tenth is left and calls go on, and resolves',
      series: [
        healthy,
        metric(
          'api_client_rate_limit_remaining_ratio',
          CHECKOUT,
          gauge([0.5, minutes(20)], [0.05, minutes(20)], [0.9, hours(1)]),
        ),
        scraped(LONG),
      ],
      expect: [
        { minute: 24, firing: [] },
        { minute: 26, firing: [{ service_name: 'checkout', owner: 'load', severity: 'ticket' }] },
        { minute: 62, firing: [] },
      ],
    },
    {
      name: 'says nothing when nobody calls any more',
      series: [
        calls(counter([30, minutes(20)], [0, LONG - minutes(20)])),
        metric('api_client_rate_limit_remaining_ratio', CHECKOUT, gauge([0.5, minutes(20)], [0.05, hours(1)])),
        scraped(LONG),
      ],
      expect: [{ minute: 45, firing: [] }],
    },
  ],
  ApiProviderDown: [
    {
      name: 'fires once for three of three callers, and resolves',
      series: [
        ...['checkout', 'billing', 'refunds'].flatMap((s) => [
          calls(counter([30, LONG]), s),
          failures(episode(30), 'service', 'unavailable', s),
        ]),
        scraped(LONG),
      ],
      expect: [
        { minute: 42.5, firing: [{ api_provider_name: 'stripe', owner: 'provider', severity: 'page' }] },
        { minute: 118, firing: [] },
      ],
    },
    {
      name: 'leaves one caller’s own trouble to the spike alert',
      series: [
        ...['billing', 'refunds'].map((s) => calls(counter([3, LONG]), s)),
        healthy,
        failures(episode(30), 'service', 'unavailable'),
        scraped(LONG),
      ],
      expect: [{ minute: 44, firing: [] }],
    },
  ],
};
