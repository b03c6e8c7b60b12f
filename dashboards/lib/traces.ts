import * as common from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { DataqueryBuilder, SearchTableType } from '@grafana/grafana-foundation-sdk/tempo';
import type { AttributeName } from '../../src/contract/index.ts';
import type { PanelSpec } from './panels.ts';
import type { Variable } from './promql.ts';
import { LAYER_MAPPING } from './style.ts';
import { columnOverride, EMPTY_CELLS } from './table.ts';
import { TEMPO } from './variables.ts';

const span = (attribute: AttributeName): string => `span.${attribute}`;
const raw = (variable: Variable): string => `\`\${${variable}:regex}\``;
const is = (attribute: string, variable: Variable): string => `${attribute} =~ ${raw(variable)}`;

/** What is shown of each failing span, and its heading. */
const COLUMNS = {
  'api.failure.layer': 'Layer',
  'http.response.status_code': 'Status',
  'api.provider.code': 'Code',
  'api.failure.reason': 'Reason',
  'api.provider.request_id': 'Request ID',
  'url.template': 'URL template',
  'api.request.sent': 'Sent',
  'api.retry.advice': 'Advice',
} as const satisfies Partial<Record<AttributeName, string>>;

/**
 * TraceQL of the selection. A span without a code has no such attribute, and no regular expression matches that; so
 * the absent attribute counts where the chosen value would also match the empty text.
 */
export const FAILING_TRACES = `{ ${[
  is('resource.service.name', 'service_name'),
  is(span('api.provider.name'), 'provider'),
  `${span('api.failure.layer')} != nil`,
  is(span('api.failure.layer'), 'layer'),
  `(${is(span('api.provider.code'), 'code')} || (${span('api.provider.code')} = nil && "" =~ ${raw('code')}))`,
].join(' && ')} } | select(${(Object.keys(COLUMNS) as AttributeName[]).map(span).join(', ')})`;

/** The newest failing spans of the selection, straight from the traces. */
export const failingTraces: PanelSpec = {
  panel: new PanelBuilder()
    .title('Failing traces')
    .description(
      'The newest failing calls of the selection, from Tempo: request ID, whether bytes left, and the retry advice.',
    )
    .datasource(TEMPO)
    .unit('short')
    .noValue('no failing trace of this selection; is a Tempo data source chosen?')
    .withTarget(
      new DataqueryBuilder()
        .refId('A')
        .datasource(TEMPO)
        .queryType('traceql')
        .query(FAILING_TRACES)
        .tableType(SearchTableType.Spans)
        .limit(50)
        .spss(5),
    )
    .withTransformation({
      id: 'organize',
      options: {
        // Columns that only repeat the selection.
        excludeByName: { 'service.name': true, 'api.provider.name': true },
        renameByName: COLUMNS,
      },
    })
    .overrides([
      EMPTY_CELLS,
      columnOverride({ name: 'Status', width: 75 }),
      columnOverride({ name: 'Sent', width: 75 }),
      columnOverride({ name: 'Layer', width: 105, mapping: LAYER_MAPPING, paint: 'background' }),
    ])
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(true),
};
