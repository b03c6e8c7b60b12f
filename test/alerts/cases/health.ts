import { JOBS } from '../../../alerts/rules/health.ts';
import type { Case } from './case.ts';
import { counter, gauge, hours, metric, minutes, scraped } from './series.ts';

const up = (values: string, job: string = JOBS.collector, instance = 'collector:9468') =>
  metric('up', { job, instance }, values);
const PIPELINE = { owner: 'pipeline' };
const counted = (name: string, labels: Readonly<Record<string, string>>, values: string) =>
  metric(name, { instance: 'collector:9468', ...labels }, values);
const answeredWell = counted('faultlayer_otlp_requests_total', { code: '200' }, counter([9, hours(1)]));

const lost = (name: string, labels: Readonly<Record<string, string>>): readonly Case[] => [
  {
    name: 'fires while the counter grows, and resolves',
    series: [counted(name, labels, counter([0, minutes(10)], [1, minutes(20)], [0, hours(2)])), scraped(hours(4))],
    expect: [
      { minute: 9, firing: [] },
      { minute: 25, firing: [{ instance: 'collector:9468', ...PIPELINE, severity: 'ticket' }] },
      { minute: 100, firing: [] },
    ],
  },
  {
    name: 'leaves a counter alone that stands still, or restarts',
    series: [
      counted(name, labels, counter(['gap', 5], [1, 1], [0, minutes(30)], 'restart', [0, hours(1)])),
      scraped(hours(4)),
    ],
    expect: [
      { minute: 20, firing: [] },
      { minute: 45, firing: [] },
    ],
  },
];

export const HEALTH: Readonly<Record<string, readonly Case[]>> = {
  FaultlayerWatchdog: [
    {
      name: 'always fires',
      series: [scraped(minutes(10))],
      expect: [{ minute: 5, firing: [{ ...PIPELINE, severity: 'none' }] }],
    },
    {
      name: 'fires even when nothing is scraped',
      series: [],
      expect: [{ minute: 5, firing: [{ ...PIPELINE, severity: 'none' }] }],
    },
  ],
  FaultlayerCollectorDown: [
    {
      name: 'fires when the collector does not answer, and resolves',
      series: [up(gauge([1, minutes(30)], [0, minutes(10)], [1, minutes(30)]))],
      expect: [
        { minute: 29, firing: [] },
        { minute: 35, firing: [{ job: JOBS.collector, ...PIPELINE, severity: 'page' }] },
        { minute: 42, firing: [] },
      ],
    },
    {
      name: 'fires when there is no such target at all',
      series: [],
      expect: [{ minute: 5, firing: [{ job: JOBS.collector, severity: 'page' }] }],
    },
    {
      name: 'leaves one failed scrape alone, and one of two collectors',
      series: [
        up(gauge([1, minutes(30)], [0, 1], [1, minutes(30)])),
        up(gauge([1, minutes(20)], [0, minutes(41)]), JOBS.collector, 'second:9468'),
      ],
      expect: [30.5, 31, 32, 35].map((minute) => ({ minute, firing: [] })),
    },
  ],
  FaultlayerTargetDown: [
    {
      name: 'fires for the one target that does not answer, and resolves',
      series: [
        scraped(hours(1)),
        up(gauge([1, minutes(10)], [0, minutes(20)], [1, minutes(30)]), JOBS.services, 'app:9467'),
      ],
      expect: [
        { minute: 20, firing: [{ instance: 'app:9467', ...PIPELINE, severity: 'ticket' }] },
        { minute: 40, firing: [] },
      ],
    },
    {
      name: 'leaves one failed scrape and other people’s jobs alone',
      series: [
        scraped(hours(1)),
        up(gauge([1, minutes(10)], [0, 1], [1, minutes(40)]), JOBS.services, 'app:9467'),
        up(gauge([0, hours(1)]), 'somebody-elses', 'x:1'),
      ],
      expect: [
        { minute: 12, firing: [] },
        { minute: 20, firing: [] },
      ],
    },
  ],
  FaultlayerTelemetryLost: [
    ...lost('faultlayer_spans_rejected_total', { reason: 'attributes' }),
    {
      name: 'fires when requests are refused',
      series: [
        counted('faultlayer_otlp_requests_total', { code: '429' }, counter([1, hours(1)])),
        answeredWell,
        scraped(hours(1)),
      ],
      expect: [{ minute: 25, firing: [{ instance: 'collector:9468', ...PIPELINE, severity: 'ticket' }] }],
    },
    {
      name: 'leaves failures alone that were counted but kept no evidence of, and answers that were fine',
      series: [
        counted('faultlayer_failed_spans_dropped_total', {}, counter([50, hours(1)])),
        answeredWell,
        scraped(hours(1)),
      ],
      expect: [25, 50].map((minute) => ({ minute, firing: [] })),
    },
  ],
  FaultlayerOwnFault: [
    {
      name: 'fires at the first fault of a kind, and resolves an hour later',
      series: [
        counted(
          'faultlayer_faults_total',
          { place: 'otlp' },
          counter(['gap', minutes(20)], [0, 1], [1, 1], [0, hours(2)]),
        ),
        counted('faultlayer_faults_total', { place: 'http' }, counter([0, hours(3)])),
        scraped(hours(3)),
      ],
      expect: [
        { minute: 19, firing: [] },
        { minute: 23, firing: [{ instance: 'collector:9468', ...PIPELINE, severity: 'ticket' }] },
        { minute: 90, firing: [] },
      ],
    },
    {
      name: 'fires when the series begins above zero, as it does in a collector',
      series: [
        counted(
          'faultlayer_faults_total',
          { place: 'otlp' },
          `${counter(['gap', minutes(20)])} ${gauge([1, hours(2)])}`,
        ),
        scraped(hours(3)),
      ],
      expect: [{ minute: 22, firing: [{ instance: 'collector:9468', ...PIPELINE, severity: 'ticket' }] }],
    },
    {
      name: 'leaves old faults alone',
      series: [counted('faultlayer_faults_total', { place: 'otlp' }, gauge([7, hours(3)])), scraped(hours(3))],
      expect: [70, 120].map((minute) => ({ minute, firing: [] })),
    },
  ],
  FaultlayerForwardingLost: [
    ...lost('faultlayer_forward_bodies_total', { outcome: 'dropped_retries' }),
    {
      name: 'leaves bodies alone that were sent on',
      series: [
        counted('faultlayer_forward_bodies_total', { outcome: 'sent' }, counter([9, hours(1)])),
        scraped(hours(1)),
      ],
      expect: [25, 50].map((minute) => ({ minute, firing: [] })),
    },
  ],
  FaultlayerSeriesBudget: lost('faultlayer_label_overflow_total', { label: 'api_provider_code' }),
};
