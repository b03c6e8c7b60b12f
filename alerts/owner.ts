import { LAYERS, REASONS } from '../src/contract/index.ts';
import { indent } from './promql.ts';

/** Reasons whose owner is another than their layer's. */
const REASON_OWNERS = Object.entries(REASONS).flatMap(([reason, row]) =>
  'owner' in row ? [[reason, row.owner] as const] : [],
);

const label = (vector: string, owner: string, from: string, values: readonly string[]): string =>
  `label_replace(\n${indent(vector)},\n  "api_failure_owner", "${owner}", "${from}", "${values.join('|')}"\n)`;

/** Adds `api_failure_owner` to series by layer and reason: who can mend it follows from those two. */
export function withOwner(vector: string): string {
  const layers = Map.groupBy(LAYERS, (l) => l.owner);
  const reasons = Map.groupBy(REASON_OWNERS, ([, owner]) => owner);
  const byLayer = [...layers].reduce(
    (v, [owner, of]) =>
      label(
        v,
        owner,
        'api_failure_layer',
        of.map((l) => l.name),
      ),
    vector,
  );
  return [...reasons].reduce(
    (v, [owner, of]) =>
      label(
        v,
        owner,
        'api_failure_reason',
        of.map(([reason]) => reason),
      ),
    byLayer,
  );
}
