import type { Answer, Evidence } from '../base/types.ts';
import { failedByHeaders, lifecycleOf } from '../read/header-code.ts';
import { headerPlan } from '../read/header-plan.ts';
import { familiesOf, tightest } from '../read/rate-limits.ts';
import { idOfHeaders } from '../read/request-id.ts';
import { clockOf } from '../read/seconds.ts';
import { extract } from './extract.ts';

/** Whether the answer says nothing that is worth a look. */
const isEmpty = (e: Evidence): boolean => (e.requestId ?? e.rateLimit ?? e.deprecationAt ?? e.sunsetAt) === undefined;

/** Does a header say that an answer failed whose status says that it did not? Costs one look-up where no header could. */
export function failsByHeaders(answer: Answer): boolean {
  const plan = headerPlan(answer.headerNames());
  return plan.verdicts.length > 0 && failedByHeaders(answer, plan);
}

/** Statuses whose answers may say when to come back. */
const mayDelay = (status: number): boolean => status === 202 || status >= 300;

/**
 * What `extract` says of an answer whose body was not read, if it has a request ID or limits or failed all the same; nearly every call of a
 * healthy process comes through here, so nothing is read unless a header's name promises it.
 */
export function extractGood(answer: Answer): Evidence | undefined {
  try {
    const plan = headerPlan(answer.headerNames());
    const { requestIds, limits, verdicts, lifecycle } = plan;
    if (requestIds.length + limits.length + verdicts.length + lifecycle.length === 0) return undefined;
    if (mayDelay(answer.status) || failedByHeaders(answer, plan)) {
      const evidence = extract(answer);
      return isEmpty(evidence) && !evidence.failedIn2xx ? undefined : evidence;
    }
    const requestId = requestIds.length > 0 ? idOfHeaders(answer, plan) : undefined;
    const limit =
      limits.length > 0 ? tightest(familiesOf(answer, plan, clockOf(answer.header('date'), answer.nowMs))) : undefined;
    const evidence: Evidence = { failedIn2xx: false, origin: 'provider', ...lifecycleOf(answer, plan) };
    if (limit !== undefined) evidence.rateLimit = limit;
    if (requestId !== undefined) evidence.requestId = requestId;
    return isEmpty(evidence) ? undefined : evidence;
  } catch {
    return undefined;
  }
}
