import type { DashboardSpec } from './lib/dashboard.ts';
import { ALL, FAILURE_COLUMNS, failingNow, SELECTED, share, shareByFailure } from './lib/failing.ts';
import { stat, timeSeries } from './lib/panels.ts';
import { calls, failingSince, failures, ratio } from './lib/promql.ts';
import { layerPrefixOverrides, RATIO_STEPS } from './lib/style.ts';
import { table } from './lib/table.ts';
import { CERTIFICATE_STEPS, DETAIL_ROWS, remaining, untilExpiry } from './provider-detail.ts';

/** One provider across all services that call it: what it answers, how fast, how much room is left. */
export const provider: DashboardSpec = {
  key: 'provider',
  description: 'One API across all services that call it: codes, latency, throttling head-room, certificates.',
  from: 'now-1h',
  traces: false,
  rows: [
    {
      height: 4,
      panels: [
        stat({
          title: 'Failing calls',
          description: 'Share of the calls to the chosen providers that fail now.',
          unit: 'percentunit',
          decimals: 1,
          width: 5,
          scenario: 'healthy',
          empty: 'no calls',
          line: true,
          query: { expr: share },
          steps: RATIO_STEPS,
        }),
        stat({
          title: 'Failing since',
          description: 'The newest moment at which at most 2 % of the calls failed. Empty while nothing fails.',
          unit: 'dateTimeAsIsoNoDateIfToday',
          width: 5,
          scenario: 'outage',
          empty: 'not failing',
          query: { expr: `(${failingSince(share)}) * 1000` },
        }),
        stat({
          title: 'Callers failing',
          description:
            'Services of which more than 2 % of the calls to the provider fail, of all that call it: is it them or only us.',
          unit: 'percentunit',
          decimals: 0,
          width: 5,
          scenario: 'outage',
          empty: 'none',
          query: {
            expr: `count((${ratio(failures(SELECTED, 'service_name'), calls(ALL, 'service_name'), 'service_name')}) > 0.02)\n/\ncount(${calls(ALL, 'service_name')} > 0)`,
          },
          steps: [
            [null, '#73BF69'],
            [0.01, '#FF9830'],
            [0.6, '#F2495C'],
          ],
        }),
        stat({
          title: 'Rate limit left',
          description: 'The smallest share of its rate limit that a service has left, from the provider’s own headers.',
          unit: 'percentunit',
          decimals: 0,
          width: 5,
          scenario: 'rate_limited',
          empty: 'sends no limits',
          query: { expr: `min(${remaining})` },
          steps: [
            [null, '#F2495C'],
            [0.1, '#FF9830'],
            [0.3, '#73BF69'],
          ],
        }),
        stat({
          title: 'Certificate ends in',
          description: 'Time until the first certificate among the provider’s addresses ends.',
          unit: 's',
          decimals: 0,
          width: 4,
          scenario: 'healthy',
          empty: 'no new TLS connection seen',
          query: { expr: `min(${untilExpiry})` },
          steps: CERTIFICATE_STEPS,
        }),
      ],
    },
    {
      height: 9,
      panels: [
        timeSeries({
          title: 'Failures per second by layer and code',
          description:
            'The provider’s own error codes, in the colour of the layer; without a code the layer stands alone.',
          unit: 'reqps',
          width: 14,
          scenario: 'deploy_breaks_token',
          empty: 'nothing fails',
          stacked: true,
          legend: 'table',
          queries: [
            {
              expr: `topk(12, ${failures(SELECTED, 'api_failure_layer', 'api_provider_code')} > 0)`,
              legend: '{{api_failure_layer}} {{api_provider_code}}',
            },
          ],
          overrides: layerPrefixOverrides,
        }),
        timeSeries({
          title: 'Share of failing calls by service',
          description: 'One caller failing points at that service; all of them at the provider.',
          unit: 'percentunit',
          width: 10,
          scenario: 'outage',
          empty: 'no calls',
          max: 1,
          queries: [
            {
              expr: ratio(
                `(${failures(SELECTED, 'service_name')} or ${calls(ALL, 'service_name')} * 0)`,
                calls(ALL, 'service_name'),
              ),
              legend: '{{service_name}}',
            },
          ],
        }),
      ],
    },
    {
      height: 7,
      panels: [
        table({
          title: 'Failing now, worst first',
          description:
            'Every service × provider × layer × code above 2 % of its calls. Click a row to open the failure.',
          width: 14,
          scenario: 'deploy_breaks_token',
          empty: 'Nothing fails more than 2 % of its calls.',
          sortBy: 'Share of calls',
          exprs: [failingNow, `(${failingSince(shareByFailure)}) * 1000`],
          columns: [
            ...FAILURE_COLUMNS,
            {
              from: 'Value #A',
              name: 'Share of calls',
              unit: 'percentunit',
              decimals: 1,
              paint: 'bar',
              steps: RATIO_STEPS,
              width: 170,
            },
            { from: 'Value #B', name: 'Since', unit: 'dateTimeAsIsoNoDateIfToday', width: 150 },
          ],
        }),
        table({
          title: 'Endpoints',
          description: 'Methods and URL templates of the chosen providers with the share of their calls that fails.',
          width: 10,
          scenario: 'healthy',
          empty: 'no calls',
          sortBy: 'Failing',
          exprs: [
            calls(ALL, 'http_request_method', 'url_template'),
            ratio(
              `(${failures(SELECTED, 'http_request_method', 'url_template')} or ${calls(ALL, 'http_request_method', 'url_template')} * 0)`,
              calls(ALL, 'http_request_method', 'url_template'),
            ),
          ],
          columns: [
            { from: 'http_request_method', name: 'Method', width: 85 },
            { from: 'url_template', name: 'URL template' },
            { from: 'Value #A', name: 'Calls/s', unit: 'reqps', decimals: 2, width: 100 },
            {
              from: 'Value #B',
              name: 'Failing',
              unit: 'percentunit',
              decimals: 1,
              paint: 'text',
              steps: RATIO_STEPS,
              width: 85,
            },
          ],
        }),
      ],
    },
    ...DETAIL_ROWS,
  ],
};
