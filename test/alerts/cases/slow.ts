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
  type Piece,
  repeat,
  retries,
  type Series,
  scraped,
} from './series.ts';

const DAY2 = hours(28);
/** Of thirty calls a step, one in 151 fails; and more, by turns one in 43 and one in 86, five minutes each. */
const USUAL: readonly Piece[] = [
  [1, 1],
  [0, 4],
];
const MORE: readonly Piece[] = [
  [1, 7],
  [0, 3],
  [1, 1],
  [0, 2],
  [1, 1],
  [0, 1],
  [1, 1],
  [0, 1],
  [1, 1],
  [0, 2],
];
/** Eight hours of calls, of which four fail as usual and then as given. */
const afterTheUsual = (...pieces: Piece[]): Series[] => [
  calls(counter([30, hours(8)])),
  failures(counter(...repeat(hours(4) / 5, ...USUAL), ...pieces), 'payload', 'invalid'),
  scraped(hours(8)),
];

/** Durations: so many calls per step, all of them in the bucket that ends at `seconds`. */
const timed = (pieces: readonly (readonly [seconds: number, steps: number])[]): Series[] => {
  const bounds = [0.1, 0.5, 1, 2.5];
  const bucket = (le: number) => counter(...pieces.map(([seconds, steps]) => [seconds <= le ? 20 : 0, steps] as const));
  const all = counter(...pieces.map(([, steps]) => [20, steps] as const));
  return [
    ...bounds.map((le) => metric('api_client_duration_seconds_bucket', { ...CHECKOUT, le: String(le) }, bucket(le))),
    metric('api_client_duration_seconds_bucket', { ...CHECKOUT, le: '+Inf' }, all),
    metric('api_client_duration_seconds_count', CHECKOUT, all),
  ];
};

const kind = (name: string, perStep: number): readonly Case[] => [
  {
    name: 'fires while they happen, and resolves',
    series: [
      calls(counter([30, hours(4)])),
      retries(counter([0, minutes(15)], [perStep, minutes(30)], [0, hours(2)]), name),
      scraped(hours(4)),
    ],
    expect: [
      { minute: 14, firing: [] },
      { minute: 35, firing: [{ service_name: 'checkout', severity: 'ticket' }] },
      { minute: 80, firing: [] },
    ],
  },
  {
    name: 'leaves a single one alone, and a counter that appears above zero',
    series: [
      calls(counter([30, hours(4)])),
      retries(counter(['gap', minutes(15)], [2, 1], [0, hours(1)]), name),
      scraped(hours(4)),
    ],
    expect: [15.5, 17, 21, 25].map((minute) => ({ minute, firing: [] })),
  },
];

export const SLOW: Readonly<Record<string, readonly Case[]>> = {
  ApiNewErrorCode: [
    {
      name: 'fires for a code that yesterday did not have, and resolves',
      series: [
        calls(counter([30, DAY2])),
        failures(counter(['gap', hours(25)], [0, 1], [1, minutes(30)], [0, hours(2)]), 'payload', 'parameter_unknown'),
        scraped(DAY2),
      ],
      expect: [
        { minute: 25 * 60 - 1, firing: [] },
        {
          minute: 25 * 60 + 20,
          firing: [
            { service_name: 'checkout', api_provider_code: 'parameter_unknown', owner: 'caller', severity: 'ticket' },
          ],
        },
        { minute: 25 * 60 + 110, firing: [] },
      ],
    },
    {
      name: 'leaves a code alone that was there yesterday, and every code of a new service',
      series: [
        calls(counter([30, DAY2])),
        failures(
          counter([0, hours(1)], [1, hours(1)], [0, hours(23)], [1, minutes(30)]),
          'payload',
          'parameter_unknown',
        ),
        calls(counter(['gap', hours(24)], [30, hours(4)]), 'newborn'),
        failures(counter(['gap', hours(24)], [0, 1], [1, hours(3)]), 'payload', 'parameter_unknown', 'newborn'),
        scraped(DAY2),
      ],
      expect: [{ minute: 25 * 60 + 20, firing: [] }],
    },
  ],
  ApiFailureBudgetBurn: [
    {
      name: 'fires for the owner whose failures go on above the usual, and resolves',
      series: [
        calls(counter([30, DAY2])),
        failures(counter([0, hours(25)], [1, hours(2)], [0, hours(1)]), 'payload', 'invalid'),
        scraped(DAY2),
      ],
      expect: [
        { minute: 25 * 60 + 15, firing: [] },
        {
          minute: 25 * 60 + 110,
          firing: [{ service_name: 'checkout', api_failure_owner: 'caller', owner: 'caller', severity: 'ticket' }],
        },
        { minute: 28 * 60 + 30, firing: [] },
      ],
    },
    {
      name: 'fires for a slow one, 1.7 % where 0.7 % is usual, that wavers around twice the usual, and resolves',
      series: afterTheUsual(...repeat(18, ...MORE), ...repeat(12, ...USUAL)),
      expect: [
        { minute: 5 * 60, firing: [] },
        {
          minute: 4 * 60 + 120,
          firing: [{ service_name: 'checkout', api_failure_owner: 'caller', owner: 'caller', severity: 'ticket' }],
        },
        { minute: 4 * 60 + 220, firing: [] },
      ],
    },
    {
      name: 'leaves an outage of half an hour alone once it is over: it was paged',
      series: afterTheUsual([15, minutes(30)], ...repeat(hours(3) / 5, ...USUAL)),
      expect: [48, 60, 75, 90, 120, 150, 180].map((minute) => ({ minute: 4 * 60 + minute, firing: [] })),
    },
    {
      name: 'ends before the page of a long outage does, or it would be sent when all is over',
      series: afterTheUsual([15, hours(2)], ...repeat(hours(2) / 5, ...USUAL)),
      expect: [18, 22, 26, 30, 45, 60].map((minute) => ({ minute: 6 * 60 + minute, firing: [] })),
    },
    {
      name: 'leaves the usual alone',
      series: [calls(counter([30, DAY2])), failures(counter([1, DAY2]), 'payload', 'invalid'), scraped(DAY2)],
      expect: [{ minute: 27 * 60, firing: [] }],
    },
  ],
  ApiLatencyHigh: [
    {
      name: 'fires when the slow end trebles, and resolves',
      series: [
        ...timed([
          [0.5, hours(25)],
          [2.5, hours(1)],
          [0.5, hours(1)],
        ]),
        scraped(hours(27)),
      ],
      expect: [
        { minute: 25 * 60 - 1, firing: [] },
        { minute: 25 * 60 + 30, firing: [{ service_name: 'checkout', owner: 'provider', severity: 'ticket' }] },
        { minute: 26 * 60 + 40, firing: [] },
      ],
    },
    {
      name: 'leaves an API alone that has always been slow, and one that is fast in absolute terms',
      series: [...timed([[2.5, hours(27)]]), scraped(hours(27))],
      expect: [{ minute: 26 * 60, firing: [] }],
    },
  ],
  ApiCertificateExpiresSoon: certificate(20),
  ApiCertificateExpiresNow: certificate(2),
  ApiClockOffset: [
    {
      name: 'fires when the clock is off and credentials are refused, and resolves',
      series: [
        calls(counter([30, hours(2)])),
        failures(counter([0, minutes(30)], [1, minutes(20)], [0, hours(1)]), 'auth', 'signature_expired'),
        metric('api_client_clock_offset_seconds', { service_name: 'checkout' }, gauge([-300, hours(2)])),
        scraped(hours(2)),
      ],
      expect: [
        { minute: 29, firing: [] },
        { minute: 35, firing: [{ service_name: 'checkout', owner: 'caller', severity: 'ticket' }] },
        { minute: 70, firing: [] },
      ],
    },
    {
      name: 'leaves a wrong clock alone that harms nobody, and a refused credential with a right clock',
      series: [
        calls(counter([30, hours(2)])),
        calls(counter([30, hours(2)]), 'billing'),
        failures(counter([0, minutes(30)], [1, minutes(20)], [0, hours(1)]), 'auth', 'expired', 'billing'),
        metric('api_client_clock_offset_seconds', { service_name: 'checkout' }, gauge([300, hours(2)])),
        metric('api_client_clock_offset_seconds', { service_name: 'billing' }, gauge([0.3, hours(2)])),
        scraped(hours(2)),
      ],
      expect: [{ minute: 40, firing: [] }],
    },
  ],
  ApiRetryUnsafe: kind('unsafe', 1),
  ApiRetryEarly: kind('early', 3),
  ApiRetryPointless: kind('pointless', 3),
  ApiRetryStorm: kind('safe', 40),
};

/** promtool’s time begins at 0, so an expiry is simply so many days. */
function certificate(days: number): readonly Case[] {
  const expiry = (d: number, server: string): Series =>
    metric(
      'api_client_tls_certificate_expiry_timestamp_seconds',
      { server_address: server },
      gauge([d * 86_400, minutes(30)], [400 * 86_400, hours(1)]),
    );
  return [
    {
      name: 'fires when the end is near, and resolves once it is renewed',
      series: [expiry(days, 'api.example.com'), scraped(hours(2))],
      expect: [
        { minute: 10, firing: [{ server_address: 'api.example.com', owner: 'provider' }] },
        { minute: 50, firing: [] },
      ],
    },
    {
      name: 'leaves a fresh certificate alone',
      series: [expiry(60, 'api.example.com'), scraped(hours(2))],
      expect: [{ minute: 10, firing: [] }],
    },
  ];
}
