import { extractGood } from '../../src/extract/good.ts';
import type { Evidence } from '../../src/extract/index.ts';
import { answerOf } from '../capture/answer.ts';
import type { Call } from '../capture/types.ts';

/** Hosts whose answers carry no request ID and no limits are asked again only now and then. */
const TRIES = 8;
const AGAIN = 64;
const LIMIT = 1000;
const silent = new Map<string, number>();

/** Request ID and rate limits of an answer that did not fail. Most hosts send neither; those cost one map lookup. */
export function evidenceOfSuccess(call: Call): Evidence | undefined {
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
}
