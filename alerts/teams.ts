/** Which team is asked: rows in order, the first that fits. */
export interface TeamRow {
  readonly team: string;
  readonly service?: string;
  readonly provider?: string;
  /** A URL template, of alerts that carry one. */
  readonly template?: string;
  /** Where the team's pages and tickets go; else they go by owner. */
  readonly webhook?: string;
}

const LABELS = { service: 'service_name', provider: 'api_provider_name', template: 'url_template' } as const;
type Key = keyof typeof LABELS;
const KEYS = Object.keys(LABELS) as Key[];

/** Checks the rows of an owners file; throws one sentence for the first that cannot be used. */
export function teamRows(list: unknown): TeamRow[] {
  if (!Array.isArray(list)) throw new Error('the owners file must hold a list of {team, service, provider, template}');
  for (const [i, row] of (list as unknown[]).entries()) {
    const fields = Object.entries((row ?? {}) as Record<string, unknown>);
    const bad = fields.find(([k, v]) => ![...KEYS, 'team', 'webhook'].includes(k) || typeof v !== 'string');
    if (bad !== undefined) throw new Error(`owners ${i + 1}: '${bad[0]}' is no text field of a row`);
    const { team } = row as TeamRow;
    if (!/^[\w.-]{1,60}$/.test(team ?? ''))
      throw new Error(`owners ${i + 1}: team must be a word of letters, digits, - _ .`);
    if (!fields.some(([k]) => KEYS.includes(k as Key)))
      throw new Error(`owners ${i + 1} names no service, provider or template`);
  }
  return list as TeamRow[];
}

/** The `team` label's template, undefined without rows. Go reads JSON's strings, so a name can say nothing but itself. */
export function teamLabel(rows: readonly TeamRow[]): string | undefined {
  if (rows.length === 0) return undefined;
  const branches = rows.map((row, i) => {
    const tests = KEYS.filter((k) => row[k] !== undefined).map(
      (k) => `(eq $labels.${LABELS[k]} ${JSON.stringify(row[k])})`,
    );
    return `{{ ${i === 0 ? 'if' : 'else if'} and ${tests.join(' ')} true }}${row.team}`;
  });
  return `${branches.join('')}{{ end }}`;
}
