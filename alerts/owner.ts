import { LAYERS, REASONS } from '../src/contract/index.ts';
import { indent } from './promql.ts';

/** Label, owner and value: each layer has an owner, and some reasons have another than their layer. */
const OWNERS = [
  ...LAYERS.map((l) => ['api_failure_layer', l.owner, l.name] as const),
  ...Object.entries(REASONS).flatMap(([reason, row]) =>
    'owner' in row ? [['api_failure_reason', row.owner, reason] as const] : [],
  ),
];

/** Adds `api_failure_owner` to series by layer and reason: who can mend it follows from those two. */
export const withOwner = (vector: string): string =>
  [...Map.groupBy(OWNERS, ([label, owner]) => `"${owner}", "${label}"`)].reduce((inner, [of, rows]) => {
    const values = rows.map(([, , value]) => value).join('|');
    return `label_replace(\n${indent(inner)},\n  "api_failure_owner", ${of}, "${values}"\n)`;
  }, vector);
