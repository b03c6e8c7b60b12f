import { Memory } from '../../memo.ts';
import { catalogueName } from '../../providers/name.ts';
import { overrideOf } from '../../providers/tables.ts';
import type { Answer, Evidence } from '../base/types.ts';
import { bodyOf } from '../parse/body.ts';
import { failedByHeaders, lifecycleOf } from '../read/header-code.ts';
import { type HeaderPlan, headerPlan } from '../read/header-plan.ts';
import { familiesOf, tightest } from '../read/rate-limits.ts';
import { type BodyIds, idOf, requestIdOf } from '../read/request-id.ts';
import { clockOf } from '../read/seconds.ts';
import { BodyFacts } from './body-facts.ts';
import { classifyAnswer } from './classify-answer.ts';

/** What failing bodies said, for those that repeat them. */
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
const slots = Memory.part((): (Known | undefined)[] => new Array(SLOTS).fill(undefined));

/** By what the request ID is no part of. */
const slotOf = (text: string): number => (text.length * 31 + text.charCodeAt(2)) & (SLOTS - 1);

/** A body that was read, or recognised as one that was read before: `id` stood where this one has `now`. */
type ReadBody = { readonly facts: BodyFacts; readonly repeats?: { readonly id: string; readonly now: string } };

/**
 * Reads a body, or recognises it: failures of one endpoint repeat each other to the letter, but for the request ID, and to parse and search
 * them all is most of what a failing call costs (7 of 25 µs saved). A value that was the request ID is the request ID again where all else is the same.
 */
export function readBody(text = '', contentType?: string): ReadBody {
  const known = slots()[slotOf(text)];
  if (known !== undefined && known.contentType === contentType) {
    const { before, id, after, facts } = known;
    const end = text.length - after.length;
    // quicker than `startsWith` and `endsWith`, which compare character by character
    if (end === before.length + id.length && text.slice(0, before.length) === before && text.slice(end) === after) {
      const now = text.slice(before.length, end);
      if (now === id || idOf(now) !== undefined) return { facts, repeats: { id, now } };
    }
  }
  return { facts: new BodyFacts(bodyOf(text, contentType)) };
}

/** Where the ID stands as a whole value of JSON or XML, and nowhere else; -1 if it does not. */
function placeOf(id: string, text: string): number {
  const at = text.indexOf(id);
  if (at < 1 || text.includes(id, at + 1)) return -1;
  const [open, close] = [text[at - 1], text[at + id.length]];
  return (open === '"' && close === '"') || (open === '>' && close === '<') ? at : -1;
}

function remember(text: string, contentType: string | undefined, facts: BodyFacts, ids: BodyIds, said: Evidence): void {
  if (text === '' || text.length > LONGEST) return;
  const id = ids.own ?? ids.usual ?? '';
  // what else the ID was taken for would be said of the next answer as well
  const isOnlyId = id !== '' && ![said.code, said.subcode, said.message].some((one) => one?.includes(id));
  const at = isOnlyId ? placeOf(id, text) : -1;
  slots()[slotOf(text)] =
    at < 0
      ? { contentType, before: text, id: '', after: '', facts }
      : { contentType, before: text.slice(0, at), id, after: text.slice(at + id.length), facts };
}

type Classified = ReturnType<typeof classifyAnswer>;
/** What was told of an answer, and all that it follows from beside its body. */
interface Told extends Classified {
  readonly plan: HeaderPlan;
  readonly answer: Readonly<Record<(typeof BESIDES)[number], unknown>>;
  readonly headers: readonly (readonly [name: string, value: string | undefined])[];
}
const BESIDES = ['status', 'host', 'truncated', 'isBatch'] as const;

/**
 * As `classifyAnswer`, but an answer that repeats the newest one of its body in all that was asked of it is told the same: half of what it takes to judge
 * a failure.
 */
function classified(answer: Answer, plan: HeaderPlan, facts: BodyFacts): Classified {
  const newest = facts.newest as Told | undefined;
  const repeats =
    newest?.plan === plan &&
    BESIDES.every((part) => newest.answer[part] === (answer[part] ?? false)) &&
    newest.headers.every(([name, value]) => answer.header(name) === value) &&
    newest.provider === overrideOf(catalogueName(answer.host), plan.names);
  if (repeats) return { ...newest, evidence: { ...newest.evidence } };
  const { status, host, truncated = false, isBatch = false } = answer;
  const headers: [name: string, value: string | undefined][] = [];
  const header = (name: string): string | undefined => {
    const value = answer.header(name);
    headers.push([name, value]);
    return value;
  };
  const told = classifyAnswer(Object.create(answer, { header: { value: header } }) as Answer, plan, facts);
  // without a date of its own, its waits are told by our clock
  const isTimeless = !Number.isNaN(clockOf(answer.header('date'), Number.NaN));
  const kept: Told = {
    ...told,
    evidence: { ...told.evidence },
    plan,
    answer: { status, host, truncated, isBatch },
    headers,
  };
  facts.newest = isTimeless ? kept : undefined;
  return told;
}

function read(answer: Answer): Evidence {
  const plan = headerPlan(answer.headerNames());
  const { facts, repeats } = readBody(answer.body, answer.contentType);
  const { evidence, failed, provider, trustsEdge } = classified(answer, plan, facts);
  const ids = failed || facts.body.kind === 'xml' ? facts.ids(provider, evidence.code) : undefined;
  const current = (id: string | undefined): string | undefined => (id === repeats?.id ? repeats?.now : id);
  const own = repeats && ids ? { own: current(ids.own), usual: current(ids.usual) } : ids;
  evidence.requestId = requestIdOf(answer, plan, own, trustsEdge);
  if (failed && ids && !repeats) remember(answer.body ?? '', answer.contentType, facts, ids, evidence);
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

/**
 * What `extract` says of an answer whose body was not read, if it has a request ID or limits or failed all the same; nearly every call of a
 * healthy process comes through here, so nothing is read unless a header's name promises it.
 */
export function extractGood(answer: Answer): Evidence | undefined {
  try {
    const plan = headerPlan(answer.headerNames());
    const { ownIds, edgeIds, limits, verdicts, lifecycle } = plan;
    if (ownIds.length + edgeIds.length + limits.length + verdicts.length + lifecycle.length === 0) return undefined;
    // these may say when to come back
    if (answer.status === 202 || answer.status >= 300 || failedByHeaders(answer, plan)) {
      const evidence = extract(answer);
      return isEmpty(evidence) && !evidence.failedIn2xx ? undefined : evidence;
    }
    const evidence: Evidence = { failedIn2xx: false, ...lifecycleOf(answer, plan) };
    evidence.requestId = requestIdOf(answer, plan, undefined, true);
    if (limits.length > 0)
      evidence.rateLimit = tightest(familiesOf(answer, plan, clockOf(answer.header('date'), answer.nowMs)));
    return isEmpty(evidence) ? undefined : evidence;
  } catch {
    return undefined;
  }
}
