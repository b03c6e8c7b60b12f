import { clockOf } from './delay.ts';
import { exceptionHeader, grpcStatus } from './header-codes.ts';
import { extract, MAX_HEADERS } from './index.ts';
import { familiesOf, tightest } from './limits.ts';
import { useOf } from './names.ts';
import { idOfHeaders } from './request-id.ts';
import type { Answer, Evidence } from './types.ts';

/** Statuses whose answers may say when to come back. */
const mayDelay = (status: number): boolean => status === 202 || status >= 300;

/** What follows from the names of an answer's headers alone. */
interface Plan {
  readonly names: readonly string[];
  readonly hasId: boolean;
  readonly hasLimit: boolean;
  /** A header that may say that the answer failed all the same. */
  readonly mayFail: boolean;
}

function planOf(all: Iterable<string>): Plan {
  const names: string[] = [];
  let hasId = false;
  let hasLimit = false;
  let mayFail = false;
  for (const name of all) {
    const use = useOf(name);
    hasId ||= use.requestId !== undefined;
    hasLimit ||= use.limit !== undefined;
    mayFail ||= name === 'grpc-status' || name.endsWith('exception-code');
    if (names.push(name) === MAX_HEADERS) break;
  }
  return { names, hasId, hasLimit, mayFail };
}

/** By the very array of names: capture gives the same one for every answer with the same headers. */
const plans = new WeakMap<object, Plan>();
function plannedOf(all: Iterable<string>): Plan {
  if (!Array.isArray(all)) return planOf(all);
  let plan = plans.get(all);
  if (plan === undefined) {
    plan = planOf(all);
    plans.set(all, plan);
  }
  return plan;
}

/**
 * What `extract` says of an answer whose body was not read, if it has a request ID or limits; nearly every call of a healthy process comes
 * through here, so nothing is read unless a header's name promises it.
 */
export function extractGood(answer: Answer): Evidence | undefined {
  const { names, hasId, hasLimit, mayFail } = plannedOf(answer.headerNames());
  if (!hasId && !hasLimit) return undefined;
  if (mayDelay(answer.status) || (mayFail && (grpcStatus(answer) !== undefined || exceptionHeader(answer, names)))) {
    const evidence = extract(answer);
    return evidence.requestId === undefined && evidence.rateLimit === undefined ? undefined : evidence;
  }
  try {
    const requestId = hasId ? idOfHeaders(answer, names) : undefined;
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
