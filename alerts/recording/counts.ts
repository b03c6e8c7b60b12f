import { LAYERS, METRICS, REASONS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { BY_CODE, BY_OWNER, BY_SERVICE, indent } from '../promql.ts';
import { FAILED, ONE, RECORDED, type RecordingRule } from '../recorded.ts';
import type { Window } from '../thresholds.ts';

/** Label, owner and value: each layer has an owner, and some reasons have another than their layer. */
const OWNERS = [
  ...LAYERS.map((l) => ['api_failure_layer', l.owner, l.name] as const),
  ...Object.entries(REASONS).flatMap(([reason, row]) =>
    'owner' in row ? [['api_failure_reason', row.owner, reason] as const] : [],
  ),
];

/** Adds `api_failure_owner` to series by layer and reason: who can mend it follows from those two. */
const withOwner = (vector: string): string =>
  [...Map.groupBy(OWNERS, ([label, owner]) => `"${owner}", "${label}"`)].reduce((inner, [of, rows]) => {
    const values = rows.map(([, , value]) => value).join('|');
    return `label_replace(\n${indent(inner)},\n  "api_failure_owner", ${of}, "${values}"\n)`;
  }, vector);

/** A row per code, then the row of all codes of one owner. */
const rows = (record: string, expr: string): RecordingRule[] => [
  { record, expr },
  { record, expr: `sum by (${BY_OWNER}) (${record}${ONE})`, labels: { codes: 'all' } },
];

/** By code, with the owner that follows from layer and reason. */
const byCode = (growth: string): string =>
  `sum by (${BY_CODE}) (\n${indent(withOwner(`sum by (${BY_SERVICE}, api_failure_layer, api_failure_reason, api_provider_code) (${growth})`))}\n)`;

/**
 * The growth of about a minute: the plain difference of a counter, since `increase` sees two scrapes of a minute and doubles what they
 * show. Only where the process restarted has the difference no meaning.
 */
function minute(c: Context, series: string): string {
  const difference = (w: Window) => `(max_over_time(${series}[${c.w(w)}]) - min_over_time(${series}[${c.w(w)}]))`;
  return `(${difference('minute')} unless resets(${series}[${c.w('minute')}]) > 0) and count_over_time(${series}[${c.w('minute')}]) > 2
or
${difference('sparseMinute')} unless resets(${series}[${c.w('sparseMinute')}]) > 0
or
increase(${series}[${c.w('sparseMinute')}])`;
}

/** Cancels, and the calls without them: nobody knows how a cancelled call would have ended, so it is in no share. */
function uncancelled(calls: string, cancels: string, growth: (series: string) => string): RecordingRule[] {
  const all = `sum by (${BY_SERVICE}) (${growth(METRICS.calls.name)})`;
  return [
    { record: cancels, expr: `sum by (${BY_SERVICE}) (${growth(METRICS.cancelled.name)})` },
    { record: calls, expr: `${all} - ${cancels}\nor\n${all}` },
  ];
}

/** Calls, cancels and failures of each window. */
export function counts(c: Context): RecordingRule[] {
  const { calls, callsOfMinute, cancels, cancelsOfMinute, failures, failuresOfMinute, scrapes } = RECORDED;
  const windows = ['confirm', 'page', 'quarter', 'hour'] as const;
  return [
    ...windows.flatMap((w) => uncancelled(calls(w), cancels(w), (series) => `increase(${series}[${c.w(w)}])`)),
    ...uncancelled(callsOfMinute, cancelsOfMinute, (series) => `\n${indent(minute(c, series))}\n`),
    {
      record: scrapes,
      expr: `max by (${BY_SERVICE}) (count_over_time(${METRICS.calls.name}[${c.w('minute')}]))`,
    },
    ...rows(failuresOfMinute, byCode(`\n${indent(minute(c, FAILED))}\n`)),
    ...windows.flatMap((w) => rows(failures(w), byCode(`increase(${FAILED}[${c.w(w)}])`))),
  ];
}
