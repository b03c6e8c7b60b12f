import { type Alert, alertsOf, type Group } from '../../alerts/groups.ts';

/** Alerts whose metrics the simulation has; the others are proven by their unit tests. */
export const askedOf = (groups: readonly Group[]): Alert[] =>
  alertsOf(groups).filter((a) => /^Api(?!Certificate|Clock|RateLimit|EndpointRetires)/.test(a.alert));
