import type { Answer, Evidence } from '../base/types.ts';
import { failedByHeaders } from '../read/header-code.ts';
import { headerPlan } from '../read/header-plan.ts';
import { familiesOf, tightest } from '../read/rate-limits.ts';
import { idOfHeaders } from '../read/request-id.ts';
import { clockOf } from '../read/seconds.ts';
import { extract } from './extract.ts';

/** Statuses whose answers may say when to come back. */
const mayDelay = (status: number): boolean => status === 202 || status >= 300;

/**
 * What `extract` says of an answer whose body was not read, if it has a request ID or limits or failed all the same; nearly every call of a
 * healthy process comes through here, so nothing is read unless a header's name promises it.
 */
export function extractGood(answer: Answer): Evidence | undefined {
  try {
    const plan = headerPlan(answer.headerNames());
    const { requestIds, limits, verdicts } = plan;
    if (requestIds.length + limits.length + verdicts.length === 0) return undefined;
    if (mayDelay(answer.status) || failedByHeaders(answer, plan)) {
      const evidence = extract(answer);
      return evidence.requestId === undefined && evidence.rateLimit === undefined && !evidence.failedIn2xx
        ? undefined
        : evidence;
    }
    const requestId = requestIds.length > 0 ? idOfHeaders(answer, plan) : undefined;
    const limit =
      limits.length > 0 ? tightest(familiesOf(answer, plan, clockOf(answer.header('date'), answer.nowMs))) : undefined;
    if (requestId === undefined && limit === undefined) return undefined;
    const evidence: Evidence = { failedIn2xx: false, origin: 'provider' };
    if (limit !== undefined) evidence.rateLimit = limit;
    if (requestId !== undefined) evidence.requestId = requestId;
    return evidence;
  } catch {
    return undefined;
  }
}
