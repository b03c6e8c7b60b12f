import { bars } from './lib/bars.ts';
import type { DashboardSpec } from './lib/dashboard.ts';
import { stat, timeSeries } from './lib/panels.ts';
import { rate, sum } from './lib/promql.ts';
import { fixed, OK_COLOR } from './lib/style.ts';
import { table } from './lib/table.ts';

const RED = '#F2495C';
const ORANGE = '#FF9830';
/** Counters with labels exist from their first event on; until then, and only while a collector is there, they are zero. */
const orZero = (expr: string): string => `(${expr} or ${sum(rate('faultlayer_spans_received_total'))} * 0)`;
const refused = orZero(sum(rate('faultlayer_spans_rejected_total')));
const lost = `${refused} + ${orZero(sum(rate('faultlayer_otlp_requests_total{code!~"2.."}')))}`;

/** The telemetry's own way: what the collector receives, counts, refuses and forwards, and whether it has room. */
export const pipeline: DashboardSpec = {
  key: 'pipeline',
  description: 'The collector itself: what it receives, counts, refuses, forwards, and how much room it has left.',
  from: 'now-1h',
  traces: false,
  hideVariables: true,
  rows: [
    {
      height: 4,
      panels: [
        stat({
          title: 'Collectors',
          description: 'Collectors that are scraped now.',
          unit: 'short',
          decimals: 0,
          width: 4,
          scenario: 'healthy',
          empty: 'none: nothing is counted',
          query: { expr: 'count(faultlayer_build_info)' },
          steps: [[null, OK_COLOR]],
        }),
        stat({
          title: 'Spans per second',
          description: 'Spans received over OTLP.',
          unit: 'cps',
          width: 5,
          scenario: 'healthy',
          empty: 'none',
          line: true,
          query: { expr: sum(rate('faultlayer_spans_received_total')) },
        }),
        stat({
          title: 'Refused per second',
          description:
            'Spans refused by partial success and whole requests answered with an error. Anything above zero is lost telemetry.',
          unit: 'cps',
          width: 5,
          scenario: 'healthy',
          empty: '0',
          line: true,
          query: { expr: lost },
          steps: [
            [null, OK_COLOR],
            [0.001, RED],
          ],
        }),
        stat({
          title: 'Label sets held',
          description: 'Series in the collector’s memory, over all metrics.',
          unit: 'short',
          decimals: 0,
          width: 5,
          scenario: 'healthy',
          empty: 'none',
          line: true,
          query: { expr: 'sum(faultlayer_series)' },
        }),
        stat({
          title: 'Memory',
          description: 'Resident memory of the largest collector.',
          unit: 'bytes',
          width: 5,
          scenario: 'healthy',
          empty: 'not reported',
          line: true,
          query: { expr: 'max(process_resident_memory_bytes and on (instance) faultlayer_build_info)' },
        }),
      ],
    },
    {
      height: 8,
      panels: [
        timeSeries({
          title: 'What becomes of the spans',
          description: 'Counted as outbound calls, ignored because they are none, or refused.',
          unit: 'cps',
          width: 12,
          scenario: 'healthy',
          empty: 'no spans',
          stacked: true,
          queries: [
            { expr: sum(rate('faultlayer_spans_counted_total')), legend: 'counted' },
            { expr: sum(rate('faultlayer_spans_ignored_total')), legend: 'ignored' },
            { expr: refused, legend: 'refused' },
          ],
          overrides: [
            { matcher: { id: 'byName', options: 'counted' }, properties: [fixed(OK_COLOR)] },
            { matcher: { id: 'byName', options: 'ignored' }, properties: [fixed('#9FA7B3')] },
            { matcher: { id: 'byName', options: 'refused' }, properties: [fixed(RED)] },
          ],
        }),
        timeSeries({
          title: 'OTLP requests by answer',
          description: 'Requests at the OTLP door by the status they were answered with.',
          unit: 'reqps',
          width: 12,
          scenario: 'healthy',
          empty: 'no requests',
          stacked: true,
          queries: [{ expr: sum(rate('faultlayer_otlp_requests_total'), 'code'), legend: '{{code}}' }],
        }),
      ],
    },
    {
      height: 8,
      panels: [
        bars({
          title: 'Values past a label’s budget',
          description:
            'Values counted as __other__ in this time range, by label. The label that grows needs a pattern or a larger budget.',
          unit: 'short',
          decimals: 0,
          width: 8,
          scenario: 'healthy',
          empty: 'none',
          queries: [
            {
              expr: `topk(8, ${sum('increase(faultlayer_label_overflow_total[$__range])', 'label')})`,
              legend: '{{label}}',
            },
          ],
          steps: [
            [null, OK_COLOR],
            [1, ORANGE],
          ],
        }),
        timeSeries({
          title: 'Time to render /metrics',
          description: 'Average time of one scrape’s answer.',
          unit: 's',
          width: 8,
          scenario: 'healthy',
          empty: 'not scraped',
          queries: [
            {
              expr: `${sum(rate('faultlayer_scrape_render_seconds_total'), 'instance')}\n/\n${sum(rate('faultlayer_scrapes_total'), 'instance')}`,
              legend: '{{instance}}',
            },
          ],
        }),
        timeSeries({
          title: 'Event loop delay, p99',
          description: 'How late the collector gets to its work. Above 100 ms it answers senders late.',
          unit: 's',
          width: 8,
          scenario: 'healthy',
          empty: 'not reported',
          queries: [
            {
              expr: 'nodejs_eventloop_lag_p99_seconds and on (instance) faultlayer_build_info',
              legend: '{{instance}}',
            },
          ],
        }),
      ],
    },
    {
      height: 8,
      panels: [
        timeSeries({
          title: 'Bodies sent on',
          description:
            'OTLP bodies for the next endpoint: taken by it, or given up because it refused, stayed away, or the queue was full. The metrics miss nothing of them.',
          unit: 'cps',
          width: 12,
          scenario: 'healthy',
          empty: 'no collector',
          stacked: true,
          queries: [
            { expr: orZero(sum(rate('faultlayer_forward_bodies_total{outcome="sent"}'))), legend: 'sent' },
            { expr: orZero(sum(rate('faultlayer_forward_bodies_total{outcome=~"dropped_.*"}'))), legend: 'given up' },
          ],
          overrides: [
            { matcher: { id: 'byName', options: 'sent' }, properties: [fixed(OK_COLOR)] },
            { matcher: { id: 'byName', options: 'given up' }, properties: [fixed(RED)] },
          ],
        }),
        timeSeries({
          title: 'Failures without evidence',
          description:
            'Failed calls that were counted, but not kept for the evidence pages: more came at once than are kept.',
          unit: 'cps',
          width: 12,
          scenario: 'healthy',
          empty: 'no collector',
          queries: [{ expr: orZero(sum(rate('faultlayer_failed_spans_dropped_total'))), legend: 'left out' }],
          overrides: [{ matcher: { id: 'byName', options: 'left out' }, properties: [fixed(ORANGE)] }],
        }),
      ],
    },
    {
      height: 6,
      panels: [
        table({
          title: 'Services that report',
          description: 'Versions of each service with their environment, and when each made its first call.',
          width: 14,
          scenario: 'healthy',
          empty: 'no service reports',
          sortBy: 'First call',
          exprs: [
            'max by (service_name, service_version, deployment_environment_name) (api_client_service_info)\n* on (service_name, service_version) group_left ()\nmin by (service_name, service_version) (api_client_service_version_first_seen_timestamp_seconds) * 1000',
          ],
          columns: [
            { from: 'service_name', name: 'Service' },
            { from: 'service_version', name: 'Version' },
            { from: 'deployment_environment_name', name: 'Environment' },
            { from: 'Value', name: 'First call', unit: 'dateTimeAsIsoNoDateIfToday', width: 170 },
          ],
        }),
        table({
          title: 'Collector versions',
          description: 'Version of each collector and the Node it runs on.',
          width: 10,
          scenario: 'healthy',
          empty: 'none: nothing is counted',
          sortBy: 'Instance',
          exprs: ['max by (instance, version, node_version) (faultlayer_build_info)'],
          columns: [
            { from: 'instance', name: 'Instance' },
            { from: 'version', name: 'Version' },
            { from: 'node_version', name: 'Node' },
          ],
        }),
      ],
    },
  ],
};
