import type { Answer, Evidence } from '../base/types.ts';
import { headerPlan } from '../read/header-plan.ts';
import { requestIdOf } from '../read/request-id.ts';
import { readBody, remember } from './body-cache.ts';
import { classifyAnswer } from './classify-answer.ts';

function read(answer: Answer): Evidence {
  const plan = headerPlan(answer.headerNames());
  const { facts, repeats, ids } = readBody(answer.body, answer.contentType);
  const { evidence, failed, provider, trustsEdge } = classifyAnswer(answer, plan, facts);
  const asked = failed || facts.body.kind === 'xml' ? ids : undefined;
  const requestId = requestIdOf(answer, plan, asked, provider, evidence.code, trustsEdge);
  if (requestId !== undefined) evidence.requestId = requestId;
  if (failed && !repeats) remember(answer.body, answer.contentType, facts, provider, evidence);
  return evidence;
}

/**
 * What an answer says: code, request ID, delay, limits, and whether a 2xx is a failure. Looks at 16 KiB of the body and 128 headers at
 * most, takes linear time and never throws; what cannot be read is left out.
 */
export function extract(answer: Answer): Evidence {
  try {
    return read(answer);
  } catch {
    return { failedIn2xx: false, origin: 'provider' };
  }
}
