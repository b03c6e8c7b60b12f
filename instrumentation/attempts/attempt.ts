import { type Before, hash53, type RetryKind } from '../../src/attempts/index.ts';
import { HeaderSet } from '../capture/header-set.ts';
import type { Call } from '../capture/types.ts';
import { retryAfterMs } from '../export/types.ts';
import type { Outcome } from '../judge/types.ts';
import type { SpanLink } from '../span/record.ts';

/**
 * The failures of one incoming request. A flow is followed downwards only: an attempt made after an `await` inside a helper is not seen by the
 * loop that called the helper. What serves one request does see all of that request's failures.
 */
export interface Scope {
  /** Newest first. */
  readonly failures: Attempt[];
}

/** What is remembered of one attempt: numbers and hashes, and the call itself and other attempts only while it is open. */
export interface Attempt extends NonNullable<Call['attempt']> {
  span: SpanLink | undefined;
  readonly method: string;
  readonly urlHash: number;
  readonly key: string | undefined;
  print: string | undefined;
  /** Print of its body once it has failed; undefined where the body is not known. */
  body: number | undefined;
  /** A read sent as POST. */
  readonly isRead: boolean;
  /** How many of its flow came before it. */
  readonly place: number;
  /** Attempts before this one. */
  resent: number;
  /** The last attempt before it in its asynchronous flow that another may follow, whatever it called; cut after a few. */
  earlier: Attempt | undefined;
  /** Has a next attempt already: one attempt is followed at most once. */
  followed: boolean;
  call: Call | undefined;
  /** Host of a call that carried a credential. */
  readonly credentialFor: string | undefined;
  ended: Ended | undefined;
  /** The newest attempt before this one under the same ID. */
  named: Attempt | undefined;
  /** The one that it repeats. */
  previous: Attempt | undefined;
  /** That one is still to be looked for. */
  isSought: boolean;
  kind: RetryKind | undefined;
  /** The same URL was read a moment ago; undefined of a write. */
  readonly seen: boolean | undefined;
  readonly scope: Scope | undefined;
  noted: boolean;
}

export type State = Before & { readonly at: number; readonly cancelled: boolean };
interface Ended extends State {
  /** When it was known how it went: with the headers of an answer that failed, else at its end. */
  readonly knownAt: number;
  readonly location: number | undefined;
}

/** Of every attempt that nothing can follow from: most are, and one object costs less than one each. */
export const WENT_WELL: Ended = {
  ...{ method: '', key: undefined, isRead: false, print: undefined, failed: false, cancelled: false, sent: 'yes' },
  ...{ status: undefined, notBefore: 0, at: 0, knownAt: 0, location: undefined },
};

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'proxy-authorization'] as const;
export const HAS_CREDENTIALS = new HeaderSet(CREDENTIALS);

// undici has no header of the length until it writes it
const lengthOf = (call: Call): string => call.requestHeader('content-length') ?? '-';

/** Hash of the credentials and the body's length; only computed for attempts that fail or follow one. */
export function printOf(call: Call): string {
  let print = lengthOf(call);
  if (!HAS_CREDENTIALS.meets(call.requestHeaderNames())) return print;
  for (const name of CREDENTIALS) {
    const value = call.requestHeader(name);
    print += value === undefined ? ' -' : ` ${hash53(value)}`;
  }
  return print;
}

/** Prints what it sent while that is at hand. */
export function noteSent(attempt: Attempt, call: Call): void {
  if (attempt.print !== undefined) return;
  attempt.print = printOf(call);
  attempt.body = call.bodyPrint();
}

/** Procedures of one service share a URL, and their messages are not seen: one after another is as a rule another call. */
const isProcedure = (call: Call): boolean =>
  /^application\/(?:grpc|connect)/.test(call.requestHeader('content-type') ?? '');

/** Do both send the same body? Undefined where one of them is not known and nothing speaks against it. */
export function sendsTheSame(before: Attempt, call: Call): boolean | undefined {
  const body = call.bodyPrint();
  if (before.body !== undefined && body !== undefined) return before.body === body;
  const length = before.print?.split(' ', 1)[0];
  return isProcedure(call) || length !== lengthOf(call) ? false : undefined;
}

/** Instant before which the provider asked not to be called. */
export function notBeforeOf(call: Call, outcome: Outcome | undefined, now: number): number {
  const seconds = (outcome?.evidence as { retryAfter?: number } | undefined)?.retryAfter;
  const ms = seconds === undefined ? retryAfterMs(call.responseHeader('retry-after'), Date.now()) : seconds * 1000;
  return ms === undefined ? 0 : now + ms;
}

/** What became of an attempt that the next one may depend on: an answer that waits to be judged is judged now, unless it went well. */
function endOf(attempt: Attempt): Ended | undefined {
  const { call } = attempt;
  if (call?.pending && ((call.status ?? 0) >= 300 || call.keepsBody)) call.settle();
  return attempt.ended;
}

/** The attempt as one that began at `now` sees it: finished, or with the failing answer already in although its body is still unread. */
export function stateOf(attempt: Attempt, now: number): State | undefined {
  const ended = endOf(attempt);
  if (ended) return ended.knownAt > now ? undefined : ended;
  const { method, key, call, isRead } = attempt;
  const status = call?.status;
  if (!call || status === undefined || status < 400 || call.headersMs > now) return undefined;
  noteSent(attempt, call);
  const notBefore = notBeforeOf(call, undefined, now);
  return {
    ...{ method, key, isRead, print: attempt.print, failed: true, cancelled: false, status, sent: 'yes', notBefore },
    at: now,
  };
}

/** Nothing follows it any more: it went well, as far as is known by now, or another has followed it. */
export const isOver = ({ followed, ended, call }: Attempt): boolean =>
  followed || ended === WENT_WELL || (call?.pending === true && call.method === 'GET' && !call.mayFail);
