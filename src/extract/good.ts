import { clockOf } from './delay.ts';
import { exceptionHeader, grpcStatus } from './header-codes.ts';
import { extract, MAX_HEADERS } from './index.ts';
import { familiesOf, tightest } from './limits.ts';
import { useOf } from './names.ts';
import { requestIdOf } from './request-id.ts';
import type { Answer, Evidence } from './types.ts';

/** Statuses whose answers may say when to come back. */
const mayDelay = (status: number): boolean => status === 202 || status >= 300;

/**
 * What `extract` says of an answer whose body was not read, if it has a request ID or limits; nearly every call of a healthy process comes
 * through here, so nothing is read unless a header's name promises it.
 */
export function extractGood(answer: Answer): Evidence | undefined {
  const names: string[] = [];
  let hasId = false;
  let hasLimit = false;
  for (const name of answer.headerNames()) {
    const use = useOf(name);
    hasId ||= use.requestId !== undefined;
    hasLimit ||= use.limit !== undefined;
    if (names.push(name) === MAX_HEADERS) break;
  }
  if (!hasId && !hasLimit) return undefined;
  if (mayDelay(answer.status) || grpcStatus(answer) !== undefined || exceptionHeader(answer, names)) {
    const evidence = extract(answer);
    return evidence.requestId === undefined && evidence.rateLimit === undefined ? undefined : evidence;
  }
  try {
    const requestId = hasId ? requestIdOf(answer, names, {}, undefined, true) : undefined;
    const limit = hasLimit
      ? tightest(familiesOf(answer, names, clockOf(answer.header('date'), answer.nowMs)))
      : undefined;
    if (requestId === undefined && limit === undefined) return undefined;
    const evidence: Evidence = { failedIn2xx: false, origin: 'provider' };
    if (limit !== undefined) evidence.rateLimit = limit;
    if (requestId !== undefined) evidence.requestId = requestId;
    return evidence;
  } catch {
    return undefined;
  }
}
