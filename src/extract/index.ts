import { readBody, remember } from './repeats.ts';
import { requestIdOf } from './request-id.ts';
import { saidOf } from './said.ts';
import { saidAgain } from './same.ts';
import type { Answer, Evidence } from './types.ts';

export type { Answer, Evidence, RateLimit } from './types.ts';

export const MAX_HEADERS = 128;

/** The very array where there is one: what follows from the names alone is remembered by it. */
function namesOf(answer: Answer): readonly string[] {
  const all = answer.headerNames();
  if (Array.isArray(all) && all.length <= MAX_HEADERS) return all as string[];
  const names: string[] = [];
  for (const name of all) if (names.push(name) === MAX_HEADERS) break;
  return names;
}

function read(answer: Answer): Evidence {
  const names = namesOf(answer);
  const inBody = readBody(answer.body, answer.contentType);
  const { reading } = inBody;
  const said = inBody.repeats ? saidAgain(answer, names, reading) : saidOf(answer, names, reading);
  const { failed, provider, trustsEdge } = said;
  const evidence = { ...said.evidence };
  const bodyId = failed || reading.body.kind === 'xml' ? inBody : undefined;
  const requestId = requestIdOf(answer, names, bodyId, provider, evidence.code, trustsEdge);
  if (requestId !== undefined) evidence.requestId = requestId;
  if (failed && !inBody.repeats) remember(answer.body, answer.contentType, inBody, provider, evidence);
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
