import { type Advice, type Before, hash53, needsChange } from '../../src/attempts/index.ts';
import type { LayerName } from '../../src/contract/index.ts';
import { HeaderSet } from '../capture/header-set.ts';
import type { Call } from '../capture/types.ts';
import { retryAfterMs } from '../export/verdict.ts';
import type { Outcome } from '../judge/types.ts';
import type { SpanIds } from '../span/record.ts';

/** What is remembered of one attempt: numbers and hashes, and the call itself only while it is open. */
export interface Attempt {
  span: SpanIds | undefined;
  readonly method: string;
  readonly urlHash: number;
  readonly key: string | undefined;
  print: string | undefined;
  /** A read sent as POST. */
  readonly isRead: boolean;
  /** Attempts before this one. */
  readonly resent: number;
  /** The attempt before in the same asynchronous flow, whatever it called; cut after a few. */
  earlier: Attempt | undefined;
  /** Has a next attempt already: one attempt is followed at most once. */
  followed: boolean;
  call: Call | undefined;
  /** Host of a call that carried a credential. */
  readonly credentialFor: string | undefined;
  ended: Ended | undefined;
}

interface Ended {
  readonly at: number;
  readonly failed: boolean;
  readonly cancelled: boolean;
  readonly status: number | undefined;
  readonly sent: Outcome['sent'];
  readonly notBefore: number;
  readonly layer: LayerName | undefined;
  readonly advice: Advice | undefined;
  readonly location: number | undefined;
}

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'proxy-authorization'] as const;
const HAS_CREDENTIALS = new HeaderSet(CREDENTIALS);
/** Whether a call carries a credential in its headers. */
export const hasCredential = (call: Call): boolean => HAS_CREDENTIALS.meets(call.requestHeaderNames());

/** Hash of what would make a repeat a different request; only computed for attempts that fail or follow one. */
export function printOf(call: Call): string {
  // undici has no header of the length until it writes it
  let print = call.requestHeader('content-length') ?? '-';
  if (!HAS_CREDENTIALS.meets(call.requestHeaderNames())) return print;
  for (const name of CREDENTIALS) {
    const value = call.requestHeader(name);
    print += value === undefined ? ' -' : ` ${hash53(value)}`;
  }
  return print;
}

/** Instant before which the provider asked not to be called. */
export function notBeforeOf(call: Call, outcome: Outcome | undefined, now: number): number {
  const seconds = (outcome?.evidence as { retryAfter?: number } | undefined)?.retryAfter;
  const ms = seconds === undefined ? retryAfterMs(call.responseHeader('retry-after'), Date.now()) : seconds * 1000;
  return ms === undefined ? 0 : now + ms;
}

/** What became of an attempt that the next one may depend on: an answer that waits to be judged is judged now, unless it went well. */
export function endOf(attempt: Attempt): Ended | undefined {
  const { call } = attempt;
  if (call?.pending && ((call.status ?? 0) >= 300 || call.keepsBody)) call.settle();
  return attempt.ended;
}

/** The attempt as the next one sees it: finished, or with the failing answer already in although its body is still unread. */
export function stateOf(attempt: Attempt, now: number): (Before & { cancelled: boolean; at: number }) | undefined {
  const ended = endOf(attempt);
  const { method, key, call, isRead } = attempt;
  if (ended) {
    const { at, failed, cancelled, status, sent, notBefore, layer, advice } = ended;
    const { print } = attempt;
    return { method, key, isRead, print, at, failed, cancelled, status, sent, notBefore, layer, advice };
  }
  const status = call?.status;
  if (!call || status === undefined || status < 400) return undefined;
  const notBefore = notBeforeOf(call, undefined, now);
  attempt.print ??= printOf(call);
  const { print } = attempt;
  return { method, key, isRead, print, failed: true, cancelled: false, status, sent: 'yes', notBefore, at: now };
}

/** A failure that some other flow's identical read may be the repeat of, when nothing tells the flows apart. */
export const mayBeRepeatedBlindly = (before: Before): boolean => before.failed && !needsChange(before.status);
