import type { Context } from '../options.ts';
import type { AlertRule } from '../rule.ts';
import { WINDOWS } from '../thresholds.ts';

/** The scrape jobs that the shipped Prometheus configuration names. */
export const JOBS = { collector: 'faultlayer-collector', services: 'faultlayer-services' } as const;

const PIPELINE = { owner: 'pipeline', page: { about: [], dashboard: 'pipeline' } } as const;

/** The pipeline itself: without it, silence would look like health. */
export const health = (c: Context): AlertRule[] => {
  const ticket = { ...PIPELINE, severity: 'ticket', for: c.w('steadyFor') } as const;
  const grows = (series: string, w: 'page' | 'hour' = 'page') =>
    `sum by (instance) (increase(${series}[${c.w(w)}])) > 0`;
  return [
    {
      ...PIPELINE,
      alert: 'FaultlayerWatchdog',
      expr: 'vector(1)',
      severity: 'none',
      summary: 'Always firing: proof that rules are evaluated and pages are delivered',
      description: 'Point a dead man’s switch at this alert; it reports when the alert stops coming.',
    },
    {
      ...PIPELINE,
      alert: 'FaultlayerCollectorDown',
      expr: `max by (job) (max_over_time(up{job="${JOBS.collector}"}[${c.w('scrape')}])) == 0
or
absent(up{job="${JOBS.collector}"})`,
      for: c.w(Math.max(WINDOWS.healthFor, WINDOWS.firstScrape / c.scale)),
      severity: 'page',
      summary: 'No collector is scraped: failures of outbound calls are not seen',
      description:
        'Prometheus has reached no collector. The services and their providers may be fine; nobody would know otherwise.',
    },
    {
      ...ticket,
      alert: 'FaultlayerTargetDown',
      expr: `max by (job, instance) (max_over_time(up{job=~"${JOBS.collector}|${JOBS.services}"}[${c.w('scrape')}])) == 0`,
      summary: '{job} {instance} is not scraped',
      description:
        'One target has not answered for {steadyFor}: that process is down or unreachable, which says nothing about any provider.',
    },
    {
      // faultlayer_failed_spans_dropped_total is none of this: those failures were counted, only no evidence of them was kept, as documented.
      ...ticket,
      alert: 'FaultlayerTelemetryLost',
      expr: `${grows('faultlayer_spans_rejected_total')}\nor\n${grows('faultlayer_otlp_requests_total{code!~"2.."}')}`,
      summary: 'The collector at {instance} loses telemetry',
      description: 'Spans were refused or dropped for {steadyFor}: the counts of failures are too low.',
    },
    {
      // A fault's series begins at its first fault, which no increase sees.
      ...PIPELINE,
      alert: 'FaultlayerOwnFault',
      expr: `sum by (job, instance) (increase(faultlayer_faults_total[${c.w('hour')}])) > 0
or
sum by (job, instance) (faultlayer_faults_total unless faultlayer_faults_total offset ${c.w('hour')}) > 0`,
      severity: 'ticket',
      summary: 'faultlayer itself has a defect at {job} {instance}',
      description:
        'An error of its own was caught within {window1h}. The calls went on; some may not be counted. The stack is on stderr of that process.',
    },
    {
      ...ticket,
      alert: 'FaultlayerForwardingLost',
      expr: grows('faultlayer_forward_bodies_total{outcome=~"dropped_.*"}'),
      summary: 'The collector at {instance} cannot send spans on',
      description:
        'The endpoint it forwards to has refused spans or stayed away for {steadyFor}: traces are missing there. The metrics are whole.',
    },
    {
      ...ticket,
      alert: 'FaultlayerSeriesBudget',
      expr: `${grows('faultlayer_label_overflow_total', 'hour')}\nor\n${grows('faultlayer_series_overflow_total', 'hour')}`,
      summary: 'The collector at {instance} is past a label budget',
      description: 'New label values are counted as __other__: which label is on the pipeline dashboard.',
    },
  ];
};
