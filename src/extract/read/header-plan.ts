import { Memory, remembering } from '../../memo.ts';

/** What a response header is for, told from its name. */
interface HeaderUse {
  readonly name: string;
  /** Of a request ID: lower is better, and what a CDN or a tracer says is last. */
  readonly rank?: number | undefined;
  readonly isErrorCode: boolean;
  /** It may say that a 2xx failed. */
  readonly isVerdict: boolean;
  readonly limit?: Limit | undefined;
}

interface Limit {
  readonly name: string;
  readonly says: 'limit' | 'remaining' | 'reset' | 'policy';
  /** The name without the word that says which of the four it is: headers of one limit share it. */
  readonly family: string;
}

const EXACT_IDS =
  'x-request-id request-id x-amzn-requestid x-amzn-request-id x-amz-request-id x-ms-request-id apim-request-id x-ms-activity-id'.split(
    ' ',
  );
const OTHER_IDS =
  'pspreference apns-id intuit_tid x-vercel-id x-li-uuid x-transaction-id x-guploader-uploadid akamai-grn'.split(' ');
/** Said by a CDN or a tracer, not by the provider: better than nothing. */
const EDGE = 100;
const EDGE_IDS = ['cf-ray', 'x-amz-cf-id', 'x-azure-ref', 'traceresponse'];
const NO_IDS = /client-request-id|idempot|^x-b3-|^x-amz-id-2$|ratelimit|rate-limit|customer/;
const ID =
  /(request|req|correlation|trace|tracking|debug|activity|operation|query|audit|transaction)[-_]?(?:id|uuid|token)?$|[-_](r)id$/;
const RANK = 'request req correlation debug tracking operation transaction activity query audit trace'.split(' ');

function requestIdRank(name: string): number | undefined {
  const exact = EXACT_IDS.indexOf(name);
  if (exact >= 0) return exact;
  const last = EDGE_IDS.indexOf(name);
  if (last >= 0) return EDGE + last;
  if (NO_IDS.test(name)) return undefined;
  const match = ID.exec(name);
  if (match !== null) return 20 + RANK.indexOf(match[1] ?? 'req');
  return OTHER_IDS.includes(name) ? 50 : undefined;
}

const ERROR_CODE = /(?:error|exception|fault)[-_]?(?:codes?|type|name)$|^x-vercel-error$/;
const LIMIT = /rate-?limit|limit-remaining|api-call-limit|limit-info/;
/** When the limit is over, by whichever word. */
const RESET = /-?reset(?:-(?:after|at|time))?|-(?:retry|wait)(?:-[a-z\d]{1,24}){0,4}$|(?:ed)?-for$/;
const IS_LIMIT = /^(?:x-)?rate-?limit$|[-_](?:limit|max)(?:-[a-z]{1,24}){0,4}$|limit-info$|-quota$/;

function limitOf(name: string): Limit | undefined {
  if (!LIMIT.test(name) || name.startsWith('access-control')) return undefined;
  const of = (says: Limit['says'], word: RegExp): Limit => ({ name, says, family: name.replace(word, '') });
  if (name.includes('policy')) return of('policy', /-?policy/);
  if (/remaining|-left$/.test(name)) return of('remaining', /-?(?:remaining|left$)/);
  if (RESET.test(name)) return of('reset', RESET);
  return IS_LIMIT.test(name) ? of('limit', /-(?:limit|max)(?=-|$)|-quota$/) : undefined;
}

/** gRPC, ClickHouse's exception after the status, AWS Lambda's and AWS' own. */
const VERDICT = /^grpc-status$|exception-code$|^x-amz-function-error$|^x-amzn-errortype$/;

/** Remembered for HTTP/2, whose names come in a new array with every answer: saves 2 µs of the 15 that a good call costs. */
const useOf = remembering(
  (name): HeaderUse => ({
    name,
    rank: requestIdRank(name),
    isErrorCode: ERROR_CODE.test(name),
    isVerdict: VERDICT.test(name),
    limit: limitOf(name),
  }),
  1024,
);

/** No more headers of an answer than this are looked at. */
const MAX_HEADERS = 128;

/** What follows from the names of an answer's headers alone: which of them are worth reading, and for what. */
function planOf(all: Iterable<string>) {
  const names: string[] = [];
  for (const name of all) if (names.push(name) === MAX_HEADERS) break;
  const uses = names.map(useOf);
  const namesOf = (fits: (use: HeaderUse) => boolean): string[] => uses.filter(fits).map(({ name }) => name);
  const ids = uses.filter(({ rank }) => rank !== undefined).sort((x, y) => x.rank! - y.rank!);
  return {
    names: names as readonly string[],
    /** Headers with the provider's request ID, the best first. */
    ownIds: ids.filter(({ rank }) => rank! < EDGE).map(({ name }) => name),
    /** The same of a CDN or a tracer. */
    edgeIds: ids.filter(({ rank }) => rank! >= EDGE).map(({ name }) => name),
    errorCodes: namesOf(({ isErrorCode }) => isErrorCode),
    limits: uses.flatMap(({ limit }) => limit ?? []),
    /** Headers that may say that a 2xx failed all the same. */
    verdicts: namesOf(({ isVerdict }) => isVerdict),
    /** `Deprecation` and `Sunset`. */
    lifecycle: names.filter((name) => name === 'deprecation' || name === 'sunset'),
  };
}

export type HeaderPlan = ReturnType<typeof planOf>;

/** By the array of names: saves 1.4 µs of the 15 that a good call costs, 3.7 of a failing one's 25. */
const plans = Memory.part(() => new WeakMap<readonly string[], HeaderPlan>());

/** The plan of an answer's header names; made once for one array, as capture gives the same for all answers with the same headers. */
export function headerPlan(all: Iterable<string>): HeaderPlan {
  if (!Array.isArray(all)) return planOf(all);
  const known = plans();
  let plan = known.get(all);
  if (plan === undefined) {
    plan = planOf(all);
    known.set(all, plan);
  }
  return plan;
}
