import { remembering } from '../../memo.ts';

/** What a response header is for, told from its name. */
export interface HeaderUse {
  readonly name: string;
  /** Lower is better; absent if it is no request ID. */
  readonly requestId?: number;
  readonly errorCode?: boolean;
  /** It may say that a 2xx failed. */
  readonly verdict?: boolean;
  readonly limit?: 'limit' | 'remaining' | 'reset' | 'policy';
  /** The name without the word that says which of the three it is: headers of one limit share it. */
  readonly family?: string;
}

const EXACT_IDS =
  'x-request-id request-id x-amzn-requestid x-amzn-request-id x-amz-request-id x-ms-request-id apim-request-id x-ms-activity-id'.split(
    ' ',
  );
const OTHER_IDS =
  'pspreference apns-id intuit_tid x-vercel-id x-li-uuid x-transaction-id x-guploader-uploadid akamai-grn'.split(' ');
/** Said by a CDN or a tracer, not by the provider: better than nothing. */
const LAST_IDS = ['cf-ray', 'x-amz-cf-id', 'x-azure-ref', 'traceresponse'];
const NO_IDS = /client-request-id|idempot|^x-b3-|^x-amz-id-2$|ratelimit|rate-limit|customer/;
const ID =
  /(request|req|correlation|trace|tracking|debug|activity|operation|query|audit|transaction)[-_]?(?:id|uuid|token)?$|[-_](r)id$/;
const RANK = 'request req correlation debug tracking operation transaction activity query audit trace'.split(' ');

function requestIdRank(name: string): number | undefined {
  const exact = EXACT_IDS.indexOf(name);
  if (exact >= 0) return exact;
  const last = LAST_IDS.indexOf(name);
  if (last >= 0) return 100 + last;
  if (NO_IDS.test(name)) return undefined;
  const match = ID.exec(name);
  if (match !== null) return 20 + RANK.indexOf(match[1] ?? 'req');
  return OTHER_IDS.includes(name) ? 50 : undefined;
}

const ERROR_CODE = /(?:error|exception|fault)[-_]?(?:codes?|type|name)$|^x-vercel-error$/;
const LIMIT = /rate-?limit|limit-remaining|api-call-limit|limit-info/;
const IS_LIMIT = /^(?:x-)?rate-?limit$|[-_](?:limit|max)(?:-[a-z]{1,24}){0,4}$|limit-info$|-quota$/;

function limitUse(name: string): Pick<HeaderUse, 'limit' | 'family'> | undefined {
  if (!LIMIT.test(name) || name.startsWith('access-control')) return undefined;
  if (name.includes('policy')) return { limit: 'policy', family: name.replace(/-?policy/, '') };
  if (/remaining|-left$/.test(name)) return { limit: 'remaining', family: name.replace(/-?(?:remaining|left$)/, '') };
  if (name.includes('reset')) return { limit: 'reset', family: name.replace(/-?reset(?:-(?:after|at|time))?/, '') };
  if (!IS_LIMIT.test(name)) return undefined;
  return { limit: 'limit', family: name.replace(/-(?:limit|max)(?=-|$)|-quota$/, '') };
}

/** gRPC, ClickHouse's exception after the status, AWS Lambda's and AWS' own. */
const VERDICT = /^grpc-status$|exception-code$|^x-amz-function-error$|^x-amzn-errortype$/;

/** Remembered for HTTP/2, whose names come in a new array with every answer: saves 2 µs of the 15 that a good call costs. */
export const headerUse = remembering((name): HeaderUse => {
  const requestId = requestIdRank(name);
  return {
    name,
    ...(requestId === undefined ? {} : { requestId }),
    errorCode: ERROR_CODE.test(name),
    verdict: VERDICT.test(name),
    ...limitUse(name),
  };
}, 1024);

/** No more headers of an answer than this are looked at. */
const MAX_HEADERS = 128;

declare const UNCHANGING: unique symbol;
/** Header names in lower case, in an array that nobody changes: what follows from the names is kept under the array itself. */
export type HeaderNames = readonly string[] & { readonly [UNCHANGING]: true };

/** What follows from the names of an answer's headers alone: which of them are worth reading, and for what. */
export interface HeaderPlan {
  readonly names: readonly string[];
  readonly requestIds: readonly { readonly name: string; readonly rank: number }[];
  readonly errorCodes: readonly string[];
  readonly limits: readonly Required<Pick<HeaderUse, 'name' | 'limit' | 'family'>>[];
  /** Headers that may say that a 2xx failed all the same. */
  readonly verdicts: readonly string[];
  /** `Deprecation` and `Sunset`. */
  readonly lifecycle: readonly string[];
}

function planOf(all: Iterable<string>): HeaderPlan {
  const names: string[] = [];
  for (const name of all) if (names.push(name) === MAX_HEADERS) break;
  const uses = names.map(headerUse);
  return {
    names,
    requestIds: uses.flatMap(({ name, requestId: rank }) => (rank === undefined ? [] : [{ name, rank }])),
    errorCodes: uses.flatMap((use) => (use.errorCode ? [use.name] : [])),
    limits: uses.flatMap(({ name, limit, family }) =>
      limit === undefined || family === undefined ? [] : [{ name, limit, family }],
    ),
    lifecycle: names.filter((name) => name === 'deprecation' || name === 'sunset'),
    verdicts: uses.flatMap((use) => (use.verdict ? [use.name] : [])),
  };
}

/** Saves 1.4 µs of the 15 that a good call costs, 3.7 of a failing one's 25. */
const plans = new WeakMap<HeaderNames, HeaderPlan>();

/** The plan of an answer's header names; made once for one array, as capture gives the same for all answers with the same headers. */
export function headerPlan(all: HeaderNames | Iterable<string>): HeaderPlan {
  if (!Array.isArray(all)) return planOf(all);
  const key = all as unknown as HeaderNames;
  let plan = plans.get(key);
  if (plan === undefined) {
    plan = planOf(key);
    plans.set(key, plan);
  }
  return plan;
}
