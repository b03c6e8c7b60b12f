import { type Filter, filterOf } from '../src/evidence/filter.ts';
import type { FailureRecord } from '../src/evidence/record.ts';
import { ask } from './client.ts';
import { text, UsageError } from './command.ts';

/** What failures may be narrowed by, wherever they are listed. */
export const FILTER_OPTIONS = {
  service: text('name', 'only of this service'),
  provider: text('name', 'only of this provider'),
  layer: text('name', 'only at this layer: dns, tcp, tls, auth, payload, throttling, service …'),
  code: text('code', "only with this code of the provider's"),
  host: text('name', 'only to this host'),
  status: text('code', 'only with this HTTP status'),
} as const;

const FIELDS = [...Object.keys(FILTER_OPTIONS), 'since', 'text'];

/** A kind of failure, and those of it that match, newest first. */
export interface Group {
  readonly total: number;
  readonly records: readonly FailureRecord[];
}

/** The filter in a command's values; read before anything is asked, so that a mistake costs no round trip. */
export function filterFrom(values: object): { readonly filter: Filter; readonly query: URLSearchParams } {
  const asked = values as Readonly<Record<string, string | undefined>>;
  const given = FIELDS.flatMap((name) => (asked[name] === undefined ? [] : [[name, asked[name]] as [string, string]]));
  const query = new URLSearchParams(given);
  const filter = filterOf((name) => query.get(name) ?? undefined, Date.now());
  if ('problem' in filter) throw new UsageError(`--${filter.problem}`);
  return { filter, query };
}

/** Kinds that the running collector keeps, the newest first. */
export async function askGroups(values: object): Promise<Group[]> {
  const { query } = filterFrom(values);
  return ((await ask(`/api/failures?${query}`)) as { groups: Group[] }).groups;
}
