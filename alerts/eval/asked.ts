import type { Alert, Group } from '../groups.ts';

/** Alerts whose metrics the simulation has; the others are proven by their unit tests. */
export const askedOf = (groups: readonly Group[]): Alert[] =>
  groups
    .flatMap((g) => g.rules)
    .filter((r): r is Alert => 'alert' in r)
    .filter((a) => /^Api(?!Certificate|Clock|RateLimit)/.test(a.alert));
