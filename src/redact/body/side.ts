import { isHiddenUnder } from '../named.ts';

export type Side = 'request' | 'response';

/** An OAuth code or state in a request; in a failing answer, what failed. */
const OUTCOME = new Set(['code', 'state', 'status', 'key', 'policy']);

/** Whether a name of a body hides its value. */
export const isHiddenOn = (side: Side, name: string, value: string): boolean =>
  !(side === 'response' && OUTCOME.has(name.toLowerCase())) && isHiddenUnder(name, value);
