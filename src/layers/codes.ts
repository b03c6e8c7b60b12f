import type { Reason } from '../contract/index.ts';

/** Error codes by the reason they mean, turned round. */
export const byCode = (table: { readonly [K in Reason]?: string }): ReadonlyMap<string, Reason> =>
  new Map(Object.entries(table).flatMap(([reason, codes]) => codes.split(' ').map((code) => [code, reason as Reason])));
