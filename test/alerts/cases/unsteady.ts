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
  type Series,
  scraped,
} from './series.ts';

const LONG = hours(2);
const LEAD = minutes(40);
/** Twelve calls within a minute, once an hour, of which `bad` runs fail; a run of each code a third, so that no code is most. */
const jobRuns = (n: number, size: number, bad: (run: number) => boolean): Series[] => {
  const runs = (growth: (run: number) => number) =>
    counter(
      [0, minutes(10)],
      ...Array.from(
        { length: n },
        (_, run) =>
          [
            [growth(run) / 2, 2],
            [0, minutes(59)],
          ] as const,
      ).flat(),
    );
  return [
    calls(runs((run) => (bad(run) ? 0 : size))),
    failures(
      runs((run) => (bad(run) ? size : 0)),
      'service',
      'internal_error',
    ),
    scraped(hours(n + 1)),
  ];
};
const JOB = { ...CHECKOUT, owner: 'provider', severity: 'page' };

/** Calls in flight and the age of the oldest: as usual, then growing. */
const flights = (usual: number, hung: number): Series[] => [
  metric(
    'api_client_in_flight',
    { ...CHECKOUT, phase: 'wait' },
    gauge([usual, hours(2)], [hung, minutes(20)], [usual, hours(1)]),
  ),
  metric(
    'api_client_oldest_in_flight_seconds',
    { ...CHECKOUT, phase: 'wait' },
    gauge([1, hours(2)], [hung * 10, minutes(20)], [1, hours(1)]),
  ),
  calls(counter([30, hours(2)], [0, minutes(20)], [30, hours(1)])),
  scraped(hours(4)),
];

/** Calls of two hours, of which some were cancelled before an answer: usually one in 75, then as many as given, each after so long. */
const cancelled = (perStep: number, each: number, usual: readonly Piece[] = [[0.4, LONG]], size = 30): Series[] => {
  const pieces: readonly Piece[] = [...usual, [perStep, minutes(30)], [0.4, hours(1)]];
  const unanswered = { ...CHECKOUT, api_status_class: 'none' };
  return [
    calls(counter([size, hours(4)])),
    metric('api_client_cancelled_total', CHECKOUT, counter(...pieces)),
    metric('api_client_duration_seconds_count', unanswered, counter(...pieces)),
    metric(
      'api_client_duration_seconds_bucket',
      { ...unanswered, le: '1.0' },
      counter(...pieces.map((p): Piece => (p === 'restart' || each <= 1 ? p : [0, p[1]]))),
    ),
    scraped(hours(4)),
  ];
};

const host = (name: string, good: string, bad?: string): Series[] => [
  metric('api_client_calls_total', { ...CHECKOUT, server_address: name }, good),
  ...(bad === undefined
    ? []
    : [
        metric(
          'api_client_calls_total',
          { ...CHECKOUT, server_address: name, api_failure_layer: 'tcp', api_failure_reason: 'tcp.refused' },
          bad,
        ),
      ]),
];
const DAY_AND_MORE = hours(25);
/** Eight hosts that are well for longer than a day. */
const day = Array.from({ length: 8 }, () => counter([10, hours(28)]));
const well = (n: number) => Array.from({ length: n }, (_, i) => host(`h${i}`, counter([10, hours(4)]))).flat();

const retires = (days: number): Series =>
  metric(
    'api_client_sunset_timestamp_seconds',
    { ...CHECKOUT, http_request_method: 'GET', url_template: '/v1/old' },
    gauge([days * 86_400, minutes(30)], [400 * 86_400, hours(1)]),
  );

export const UNSTEADY: Readonly<Record<string, readonly Case[]>> = {
  ApiErrorsManyCodes: [
    {
      name: 'fires for a third of the calls with twelve codes, of which each is little, and resolves',
      series: [
        calls(counter([30, LONG])),
        ...Array.from({ length: 12 }, (_, i) =>
          failures(
            counter([0, LEAD], ...repeat(20, [0, 1], [1.9, 1]), [0, hours(1)]),
            i % 2 ? 'payload' : 'endpoint',
            `v_${i}`,
          ),
        ),
        scraped(LONG),
      ],
      expect: [
        { minute: 39, firing: [] },
        { minute: 45, firing: [{ ...CHECKOUT, owner: 'caller', severity: 'page' }] },
        { minute: 100, firing: [] },
      ],
    },
    {
      name: 'leaves it to the spike where one code is much, and the sum that is usual alone',
      series: [
        calls(counter([30, LONG])),
        failures(counter([0, LEAD], [20, minutes(20)], [0, hours(1)]), 'auth', 'expired'),
        scraped(LONG),
      ],
      expect: [44, 50, 58].map((minute) => ({ minute, firing: [] })),
    },
  ],
  ApiJobFailing: [
    {
      name: 'fires after the first run of twelve calls that all fail, and resolves',
      series: jobRuns(4, 12, (run) => run === 1),
      expect: [
        { minute: 69, firing: [] },
        { minute: 74.5, firing: [JOB] },
        { minute: 178, firing: [] },
      ],
    },
    {
      name: 'fires after the second run of three calls',
      series: jobRuns(5, 3, (run) => run === 1 || run === 2),
      expect: [
        { minute: 76, firing: [] },
        { minute: 134.5, firing: [JOB] },
      ],
    },
    {
      name: 'leaves a run alone of which a third fails, and calls that go on',
      series: [
        ...jobRuns(3, 12, () => false),
        failures(counter([0, minutes(70)], [2, 2], [0, hours(1)]), 'payload', 'invalid'),
        calls(counter([3, hours(2)]), 'billing'),
        failures(counter([0, minutes(70)], [3, 2], [0, hours(1)]), 'payload', 'invalid', 'billing'),
      ],
      expect: [72, 74.5, 78].map((minute) => ({ minute, firing: [] })),
    },
  ],
  ApiCallsHang: [
    {
      name: 'fires while many calls wait and the oldest is old, and resolves',
      series: flights(3, 60),
      expect: [
        { minute: 119, firing: [] },
        { minute: 124, firing: [{ ...CHECKOUT, owner: 'provider', severity: 'page' }] },
        { minute: 175, firing: [] },
      ],
    },
    {
      name: 'leaves a service alone that always has so many, and one whose calls are young',
      series: flights(60, 70),
      expect: [124, 130, 138].map((minute) => ({ minute, firing: [] })),
    },
  ],
  ApiCancelSurge: [
    {
      name: 'fires for a third of the calls that are given up after half a minute, and resolves',
      series: cancelled(10, 30),
      expect: [
        { minute: 119, firing: [] },
        { minute: 122, firing: [] },
        { minute: 136, firing: [{ ...CHECKOUT, owner: 'provider', severity: 'ticket' }] },
        { minute: 190, firing: [] },
      ],
    },
    {
      name: 'fires for a service that never cancelled before',
      series: cancelled(10, 30, [[0, LONG]]),
      expect: [{ minute: 136, firing: [{ ...CHECKOUT, severity: 'ticket' }] }],
    },
    {
      name: 'leaves a debounce alone, which ends older requests at once',
      series: cancelled(15, 0.2),
      expect: [130, 136, 145].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'leaves callers alone that always give up a fifth, a little more of late',
      series: cancelled(9, 30, [[6, LONG]]),
      expect: [130, 136, 145].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'leaves half of the calls of a tiny service alone',
      series: cancelled(0.5, 30, [[0, LONG]], 1),
      expect: [130, 136, 145].map((minute) => ({ minute, firing: [] })),
    },
    {
      name: 'leaves a few percent of a busy service alone',
      series: cancelled(2, 30),
      expect: [130, 136, 145].map((minute) => ({ minute, firing: [] })),
    },
  ],
  ApiCallsMissing: [
    {
      name: 'fires when calls stop that were made all day, and resolves',
      series: [calls(counter([30, hours(9)], [0, hours(1)], [30, hours(1)])), scraped(hours(11))],
      expect: [
        { minute: 9 * 60, firing: [] },
        { minute: 9 * 60 + 28, firing: [{ ...CHECKOUT, owner: 'caller', severity: 'ticket' }] },
        { minute: 10 * 60 + 20, firing: [] },
      ],
    },
    {
      name: 'leaves a service alone that often makes none for half an hour',
      series: [calls(counter(...repeat(10, [30, minutes(30)], [0, minutes(30)]), [0, hours(2)])), scraped(hours(12))],
      expect: [9 * 60 + 50, 9 * 60 + 58, 10 * 60 + 15].map((minute) => ({ minute, firing: [] })),
    },
  ],
  ApiHostDown: [
    {
      name: 'fires when no call to one host of nine succeeds any more, and resolves',
      series: [
        ...day.flatMap((good, i) => host(`h${i}`, good)),
        ...host(
          'broken',
          counter([10, DAY_AND_MORE], [0, hours(1)], [10, hours(2)]),
          counter([0, DAY_AND_MORE], [10, hours(1)], [0, hours(2)]),
        ),
        scraped(hours(28)),
      ],
      expect: [
        { minute: 25 * 60 + 8, firing: [] },
        {
          minute: 25 * 60 + 28,
          firing: [{ ...CHECKOUT, server_address: 'broken', owner: 'provider', severity: 'page' }],
        },
        { minute: 27 * 60, firing: [] },
      ],
    },
    {
      name: 'leaves a host alone that never worked, one that half works, and one that is all there is',
      series: [
        ...day.flatMap((good, i) => host(`h${i}`, good)),
        ...host('never', counter([0, hours(28)]), counter([5, hours(28)])),
        ...host('half', counter([10, DAY_AND_MORE], [5, hours(3)]), counter([0, DAY_AND_MORE], [5, hours(3)])),
        metric(
          'api_client_calls_total',
          { service_name: 'checkout', api_provider_name: 'small', server_address: 'only' },
          counter([10, DAY_AND_MORE], [0, hours(3)]),
        ),
        metric(
          'api_client_calls_total',
          { service_name: 'checkout', api_provider_name: 'small', server_address: 'only', api_failure_layer: 'tcp' },
          counter([0, DAY_AND_MORE], [10, hours(3)]),
        ),
        scraped(hours(28)),
      ],
      expect: [20, 32, 60].map((m) => ({ minute: 25 * 60 + m, firing: [] })),
    },
  ],
  ApiHostFailing: [
    {
      name: 'fires for one host of twenty, and resolves',
      series: [
        ...well(19),
        ...host(
          'broken',
          counter([10, hours(1)], [0, hours(2)], [10, hours(1)]),
          counter([0, hours(1)], [10, hours(2)], [0, hours(1)]),
        ),
        scraped(hours(4)),
      ],
      expect: [
        { minute: 60, firing: [] },
        { minute: 116, firing: [{ ...CHECKOUT, server_address: 'broken', owner: 'provider', severity: 'ticket' }] },
        { minute: 235, firing: [] },
      ],
    },
    {
      name: 'leaves it to the spike where there is no other host',
      series: [
        ...host('broken', counter([10, hours(1)], [0, hours(3)]), counter([0, hours(1)], [10, hours(3)])),
        scraped(hours(4)),
      ],
      expect: [116, 140].map((minute) => ({ minute, firing: [] })),
    },
  ],
  ApiEndpointRetires: [
    {
      name: 'fires a month before, and resolves when the provider says another day',
      series: [retires(29), scraped(LONG)],
      expect: [
        { minute: 10, firing: [{ ...CHECKOUT, url_template: '/v1/old', days: '30', severity: 'ticket' }] },
        { minute: 70, firing: [] },
      ],
    },
    {
      name: 'fires again a week before',
      series: [retires(6), scraped(LONG)],
      expect: [{ minute: 10, firing: [{ days: '30' }, { days: '7' }] }],
    },
    {
      name: 'leaves an end alone that is two months away',
      series: [retires(60), scraped(LONG)],
      expect: [{ minute: 10, firing: [] }],
    },
  ],
};
