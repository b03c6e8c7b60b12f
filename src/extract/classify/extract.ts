import type { Provider } from '../../providers/tables.ts';
import type { Answer, Evidence } from '../base/types.ts';
import { bodyOf } from '../parse/body.ts';
import { failedByHeaders, lifecycleOf } from '../read/header-code.ts';
import { headerPlan } from '../read/header-plan.ts';
import { familiesOf, tightest } from '../read/rate-limits.ts';
import { type BodyIds, idOf, requestIdOf } from '../read/request-id.ts';
import { clockOf } from '../read/seconds.ts';
import { BodyFacts } from './body-facts.ts';
import { classifyAnswer } from './classify-answer.ts';

/** A body that was read, or recognised as one that was read before. */
export interface ReadBody {
  readonly facts: BodyFacts;
  readonly repeats: boolean;
  /** The request IDs of this body, which differ from those of the one that it repeats. */
  readonly ids: BodyIds;
}

interface Known {
  readonly contentType: string | undefined;
  /** The text up to its request ID, the ID, and what stands behind it; all of the text is `before` where there is none. */
  readonly before: string;
  readonly id: string;
  readonly after: string;
  readonly facts: BodyFacts;
}

/** A power of two. With the longest texts half a megabyte. */
const SLOTS = 64;
const LONGEST = 2048;
const slots: (Known | undefined)[] = new Array(SLOTS).fill(undefined);

/** By what the request ID is no part of. */
const slotOf = (text: string): number => (text.length * 31 + text.charCodeAt(2)) & (SLOTS - 1);

function recalled(text: string, contentType: string | undefined): ReadBody | undefined {
  const known = slots[slotOf(text)];
  if (known === undefined || known.contentType !== contentType) return undefined;
  const { before, id, after, facts } = known;
  if (text.length !== before.length + id.length + after.length) return undefined;
  // quicker than `startsWith` and `endsWith`, which compare character by character
  if (text.slice(0, before.length) !== before || text.slice(text.length - after.length) !== after) return undefined;
  const now = text.slice(before.length, text.length - after.length);
  if (now === id) return { facts, repeats: true, ids: facts };
  if (idOf(now) === undefined) return undefined;
  const own = (found: string | undefined): string | undefined => (found === id ? now : found);
  return {
    facts,
    repeats: true,
    ids: { ownId: (provider) => own(facts.ownId(provider)), id: (code) => own(facts.id(code)) },
  };
}

/**
 * Reads a body, or recognises it: failures of one endpoint repeat each other to the letter, but for the request ID, and to parse and search
 * them all is most of what a failing call costs (7 of 25 µs saved). A value that was the request ID is the request ID again where all else is the same.
 */
export function readBody(text: string | undefined, contentType: string | undefined): ReadBody {
  const repeated = text === undefined ? undefined : recalled(text, contentType);
  if (repeated !== undefined) return repeated;
  const facts = new BodyFacts(bodyOf(text, contentType));
  return { facts, repeats: false, ids: facts };
}

/** Where the ID stands as a whole value of JSON or XML, and nowhere else; -1 if it does not. */
function placeOf(id: string, text: string): number {
  const at = text.indexOf(id);
  if (at < 1 || text.includes(id, at + 1)) return -1;
  const [open, close] = [text[at - 1], text[at + id.length]];
  return (open === '"' && close === '"') || (open === '>' && close === '<') ? at : -1;
}

/** Keeps what a failing body said for those that repeat it. */
export function remember(
  text: string | undefined,
  contentType: string | undefined,
  facts: BodyFacts,
  provider: Provider | undefined,
  { code, subcode }: Pick<Evidence, 'code' | 'subcode'>,
): void {
  if (text === undefined || text === '' || text.length > LONGEST) return;
  const slot = slotOf(text);
  const id = facts.ownId(provider) ?? facts.id(code) ?? '';
  // what else the ID was taken for would be said of the next answer as well
  const isOnlyId = id !== '' && ![code, subcode, facts.message(code)].some((said) => said?.includes(id));
  const at = isOnlyId ? placeOf(id, text) : -1;
  slots[slot] =
    at < 0
      ? { contentType, before: text, id: '', after: '', facts }
      : { contentType, before: text.slice(0, at), id, after: text.slice(at + id.length), facts };
}

function read(answer: Answer): Evidence {
  const plan = headerPlan(answer.headerNames());
  const { facts, repeats, ids } = readBody(answer.body, answer.contentType);
  const { evidence, failed, provider, trustsEdge } = classifyAnswer(answer, plan, facts);
  const asked = failed || facts.body.kind === 'xml' ? ids : undefined;
  evidence.requestId = requestIdOf(answer, plan, asked, provider, evidence.code, trustsEdge);
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
    return { failedIn2xx: false };
  }
}

/** Whether the answer says nothing that is worth a look. */
const isEmpty = (e: Evidence): boolean => (e.requestId ?? e.rateLimit ?? e.deprecationAt ?? e.sunsetAt) === undefined;

/** Does a header say that an answer failed whose status says that it did not? Costs one look-up where no header could. */
export const failsByHeaders = (answer: Answer): boolean => failedByHeaders(answer, headerPlan(answer.headerNames()));

/** Statuses whose answers may say when to come back. */
const mayDelay = (status: number): boolean => status === 202 || status >= 300;

/**
 * What `extract` says of an answer whose body was not read, if it has a request ID or limits or failed all the same; nearly every call of a
 * healthy process comes through here, so nothing is read unless a header's name promises it.
 */
export function extractGood(answer: Answer): Evidence | undefined {
  try {
    const plan = headerPlan(answer.headerNames());
    const { ownIds, edgeIds, limits, verdicts, lifecycle } = plan;
    if (ownIds.length + edgeIds.length + limits.length + verdicts.length + lifecycle.length === 0) return undefined;
    if (mayDelay(answer.status) || failedByHeaders(answer, plan)) {
      const evidence = extract(answer);
      return isEmpty(evidence) && !evidence.failedIn2xx ? undefined : evidence;
    }
    const evidence: Evidence = { failedIn2xx: false, ...lifecycleOf(answer, plan) };
    evidence.requestId = requestIdOf(answer, plan, undefined, undefined, undefined, true);
    if (limits.length > 0)
      evidence.rateLimit = tightest(familiesOf(answer, plan, clockOf(answer.header('date'), answer.nowMs)));
    return isEmpty(evidence) ? undefined : evidence;
  } catch {
    return undefined;
  }
}
