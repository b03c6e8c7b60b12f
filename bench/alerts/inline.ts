import type { Group } from '../../alerts/groups.ts';

/** A series name in an expression, with the selector, range or subquery, and offset that may follow it. */
const NAME = String.raw`(?<![\w:])NAME(?![\w:])(\{[^}]*\})?(\[[^\]]*\])?( offset [0-9a-z]+)?`;

/**
 * Puts the expressions of recording rules in place of their names, so that an alert can be asked over a past that no rule
 * was evaluated in. `kept` names stay: they are in the database.
 */
export function inliner(
  groups: readonly Group[],
  kept: ReadonlySet<string>,
  interval: string,
): (expr: string) => string {
  const rules = groups.flatMap((g) => g.rules).filter((r) => 'record' in r && !kept.has(r.record)) as {
    record: string;
    expr: string;
  }[];
  const expand = (expr: string, depth: number): string => {
    if (depth > 8) throw new Error('recording rules go round in a circle');
    let text = expr;
    for (const { record, expr: meaning } of rules) {
      if (!text.includes(record)) continue;
      const pattern = new RegExp(NAME.replace('NAME', record), 'g');
      text = text.replace(pattern, (_, selector?: string, range?: string, offset = '') => {
        const body = select(expand(meaning, depth + 1), selector);
        // Only a subquery of an expression may have an offset; the newest of one interval is the instant value.
        if (range === undefined && offset !== '') return `last_over_time((${body})[${interval}:${interval}]${offset})`;
        if (range === undefined) return `(${body})`;
        // A range of a recorded series is the subquery at the interval it was recorded in.
        return `(${body})${range.includes(':') ? range : range.replace(']', `:${interval}]`)}${offset}`;
      });
    }
    return text;
  };
  return (expr) => expand(expr, 0);
}

/** A selector on a recorded series moves into every metric selector of its expression that has the label. */
function select(expr: string, selector: string | undefined): string {
  if (selector === undefined || selector === '{}') return expr;
  const inner = selector.slice(1, -1);
  return expr.replace(
    /api_client_calls_total\{([^}]*)\}/g,
    (_, own: string) => `api_client_calls_total{${own},${inner}}`,
  );
}
