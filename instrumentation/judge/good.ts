import { type Evidence, extractGood } from '../../src/extract/index.ts';
import type { Call } from '../capture/types.ts';
import { answerOf } from './answer.ts';

/** Hosts whose answers carry no request ID and no limits are asked again only now and then. */
const TRIES = 8;
const AGAIN = 64;
const LIMIT = 1000;

export type ReadGood = (call: Call) => Evidence | undefined;

/** Reads request ID and rate limits of answers that did not fail. Most hosts send neither; those cost one map lookup. */
export function createGoodReader(): ReadGood {
  const silent = new Map<string, number>();
  return (call) => {
    if (call.status === undefined) return undefined;
    const misses = silent.get(call.host) ?? 0;
    if (misses >= TRIES && misses % AGAIN !== 0) {
      silent.set(call.host, misses + 1);
      return undefined;
    }
    const evidence = extractGood(answerOf(call));
    if (evidence !== undefined) {
      if (misses > 0) silent.delete(call.host);
      return evidence;
    }
    if (silent.size >= LIMIT) silent.clear();
    silent.set(call.host, misses + 1);
    return undefined;
  };
}
