import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Announced,
  adviceOf,
  announced,
  createRepeatedReads,
  hash53,
  isIdempotent,
  isReadByPost,
  kindOf,
  type RetryKind,
} from '../../src/attempts/index.ts';
import { idempotencyKey } from '../../src/providers/index.ts';
import { HeaderSet } from '../capture/header-set.ts';
import type { Call } from '../capture/types.ts';
import { Few } from '../span/block.ts';
import type { SpanIds } from '../span/record.ts';
import { type Attempt, endOf, hasCredential, mayBeRepeatedBlindly, notBeforeOf, printOf, stateOf } from './attempt.ts';
import { createRecent } from './recent.ts';
import { addFailure, currentScope, type Scope, watchScopes } from './scope.ts';
import type { AttemptTracker } from './types.ts';

/** How far back in one asynchronous flow an earlier attempt is looked for, and how much of a flow is remembered. */
const DEPTH = 8;
/** Longest pause between an attempt and its next, beyond what the provider asked for. */
const FLOW_WINDOW_MS = 120_000;
const BLIND_WINDOW_MS = 30_000;
const NO_LINKS: readonly SpanIds[] = [];

const KIND = new Few<RetryKind>('api.retry.kind');
const REPEATED = new Few<boolean>('api.request.repeated');
const ADVICE = new Few<ReturnType<typeof adviceOf>>('api.retry.advice');

const NOTHING_SAID: Announced = { id: undefined, resent: undefined };
/** Every header that `announced` asks for. */
const ANNOUNCING = new HeaderSet(namesAskedFor(announced));
const KEYS = new HeaderSet(namesAskedFor((header) => idempotencyKey(header, '')));

const NO_ATTEMPTS: readonly Attempt[] = [];

/** What an attempt that repeats another is known by. */
interface Sought {
  readonly urlHash: number;
  readonly id: string | undefined;
  /** Attempts before this one, by its client's own count. */
  readonly said: number;
  /** The last attempt of the same asynchronous flow. */
  readonly latest: Attempt | undefined;
  readonly scope: Scope | undefined;
}

interface Open {
  readonly attempt: Attempt;
  readonly previous: Attempt | undefined;
  readonly kind: RetryKind | undefined;
  readonly repeated: boolean | undefined;
  readonly scope: Scope | undefined;
  noted: boolean;
  /** Its answer's headers have come: a redirect is followed before it has ended. */
  readonly redirects: (call: Call) => void;
  /** It follows a redirect. */
  readonly redirected: boolean;
}

function namesAskedFor(read: (header: (name: string) => undefined) => unknown): Set<string> {
  const names = new Set<string>();
  read((name) => void names.add(name));
  return names;
}

/** @param hashKey key of the idempotency key hashes; without one they compare only within this process */
export function createAttempts(hashKey?: string): AttemptTracker {
  watchScopes();
  let secret: string | Buffer | undefined = hashKey;
  const flow = new AsyncLocalStorage<Attempt>();
  const byId = createRecent<string>(1024);
  const byUrl = createRecent<number>(512);
  const byTarget = createRecent<number>(256);
  const reads = createRepeatedReads();

  const hashOf = (key: string): string => {
    // most processes never send an idempotency key: the preload does not load crypto for it
    const { createHmac, randomBytes } = process.getBuiltinModule('node:crypto');
    secret ??= randomBytes(32);
    return createHmac('sha256', secret).update(key).digest('hex').slice(0, 16);
  };

  const redirects = (call: Call): void => {
    const location = locationOf(call);
    const entry = call.attempt as Open | undefined;
    if (location !== undefined && entry) byTarget.set(location, entry.attempt);
  };

  /** The attempt that `call` repeats; see docs/attempts.md for the rule. */
  const previousOf = (call: Call, { urlHash, id, said, latest, scope }: Sought): Attempt | undefined => {
    const now = call.startMs;
    const named = id === undefined ? undefined : byId.get(id);
    if (named && !named.followed) return named;
    let candidate = latest;
    for (let i = 0; candidate && i < DEPTH; i++, candidate = candidate.earlier) {
      if (candidate.followed) continue;
      if (candidate.ended?.location === urlHash) return candidate;
      // most calls of a flow go elsewhere: only for the others it matters how they went
      if (candidate.urlHash !== urlHash || candidate.method !== call.method) continue;
      const state = stateOf(candidate, now);
      if (!state) continue;
      const inTime = now - Math.max(state.at, state.notBefore) <= FLOW_WINDOW_MS;
      if (inTime && (state.failed || state.cancelled)) return candidate;
    }
    for (const failure of scope?.failures ?? NO_ATTEMPTS) {
      if (failure.followed || failure.urlHash !== urlHash || failure.method !== call.method) continue;
      const state = stateOf(failure, now);
      if (!state?.failed || now - Math.max(state.at, state.notBefore) > FLOW_WINDOW_MS) continue;
      if (isIdempotent(call.method) || state.print === printOf(call)) return failure;
    }
    // no flow leads there, but the client says which repeat this is
    const before = said > 0 ? byUrl.get(urlHash) : undefined;
    if (before && !before.followed && before.method === call.method && before.resent === said - 1 && endOf(before)) {
      const { at, notBefore } = stateOf(before, now)!;
      if (now - Math.max(at, notBefore) <= FLOW_WINDOW_MS) return before;
    }
    const redirected = byTarget.get(urlHash);
    if (redirected && !redirected.followed && now - (redirected.ended?.at ?? now) <= BLIND_WINDOW_MS) return redirected;
    const blind = isIdempotent(call.method) ? byUrl.get(urlHash) : undefined;
    if (!blind || blind.followed || blind.method !== call.method || !endOf(blind)) return undefined;
    const state = stateOf(blind, now)!;
    return now - state.at <= BLIND_WINDOW_MS && mayBeRepeatedBlindly(state) ? blind : undefined;
  };

  return {
    start(call) {
      const header = (name: string) => call.requestHeader(name);
      const names = call.requestHeaderNames();
      const said = ANNOUNCING.meets(names) ? announced(header) : NOTHING_SAID;
      const earlier = flow.getStore();
      const scope = currentScope();
      const isRead = call.method === 'GET' || call.method === 'HEAD';
      const keyText = isRead || !KEYS.meets(names) ? undefined : idempotencyKey(header, call.host);
      const key = keyText === undefined ? undefined : hashOf(keyText);
      const urlHash = call.target.hash;
      const id = said.id ?? (key && `${key} ${call.method} ${urlHash}`);
      const previous = previousOf(call, { urlHash, id, said: said.resent ?? 0, latest: earlier, scope });
      const resent = Math.max(said.resent ?? 0, previous ? previous.resent + 1 : 0);
      const attempt: Attempt = {
        span: undefined,
        method: call.method,
        urlHash,
        key,
        print: previous ? printOf(call) : undefined,
        isRead: isReadByPost(call.method, call.host, call.path),
        resent,
        earlier,
        followed: false,
        credentialFor: hasCredential(call) ? call.host : undefined,
        call,
        ended: undefined,
      };
      let tail = earlier;
      for (let i = 0; tail && i < DEPTH; i++) tail = tail.earlier;
      if (tail) tail.earlier = undefined;
      flow.enterWith(attempt);
      if (id !== undefined) byId.set(id, attempt);
      let kind: RetryKind | undefined;
      const state = previous && stateOf(previous, call.startMs);
      if (previous) previous.followed = true;
      if (state) kind = kindOf(state, { key, print: attempt.print, now: call.startMs });
      else if (resent > 0) kind = 'safe';
      const seen = isRead && reads.seen(urlHash, call.startMs);
      const entry: Open = {
        attempt,
        previous,
        kind,
        repeated: isRead ? seen && resent === 0 : undefined,
        scope,
        noted: false,
        redirects,
        redirected: previous !== undefined && previous.urlHash !== urlHash,
      };
      call.attempt = entry;
    },

    identify(call, { traceId, spanId, drawn }) {
      const entry = call.attempt as Open | undefined;
      if (entry) entry.attempt.span = drawn ? { traceId, spanId, drawn } : { traceId, spanId };
    },

    noted(call) {
      const entry = call.attempt as Open | undefined;
      if (!entry) return;
      entry.noted = true;
      byUrl.set(entry.attempt.urlHash, entry.attempt);
      if (entry.scope) addFailure(entry.scope, entry.attempt);
    },

    end(call, outcome, a) {
      const entry = call.attempt as Open | undefined;
      if (!entry) return NO_LINKS;
      call.attempt = undefined;
      const { attempt, previous } = entry;
      const failed = outcome.kind === 'failed';
      const notBefore = failed ? notBeforeOf(call, outcome, call.endMs) : 0;
      const location = locationOf(call);
      if (failed) attempt.print ??= printOf(call);
      attempt.call = undefined;
      const advice =
        failed && outcome.layer !== undefined && outcome.reason !== undefined
          ? adviceOf({
              method: call.method,
              layer: outcome.layer,
              reason: outcome.reason,
              status: call.status,
              sent: outcome.sent,
              keyed: attempt.key !== undefined,
              retryAfter: notBefore > 0,
              isRead: attempt.isRead,
            })
          : undefined;
      attempt.ended = {
        at: call.endMs,
        failed,
        cancelled: outcome.kind === 'cancelled',
        status: call.status,
        sent: outcome.sent,
        notBefore,
        layer: outcome.layer,
        advice,
        location,
      };
      // noted: a newer one may stand there by now
      if (failed && !entry.noted) {
        byUrl.set(attempt.urlHash, attempt);
        if (entry.scope) addFailure(entry.scope, attempt);
      }
      if (location !== undefined) byTarget.set(location, attempt);
      if (attempt.resent > 0) a.set('http.request.resend_count', attempt.resent);
      if (attempt.credentialFor === undefined && previous?.credentialFor !== undefined && entry.redirected)
        a.set('api.auth.dropped_by', previous.credentialFor);
      if (entry.kind !== undefined) a.share(KIND.of(entry.kind));
      if (entry.repeated !== undefined) a.share(REPEATED.of(entry.repeated));
      if (attempt.key !== undefined) a.set('api.idempotency.key_hash', attempt.key);
      if (advice !== undefined) a.share(ADVICE.of(advice));
      return previous?.span ? [previous.span] : NO_LINKS;
    },
  };
}

/** Hash of the URL a redirect points to (RFC 9110 §15.4). */
function locationOf(call: Call | undefined): number | undefined {
  if (call?.status === undefined || call.status < 300 || call.status > 399) return undefined;
  const location = call.responseHeader('location');
  if (location === undefined || !URL.canParse(location, call.url())) return undefined;
  const target = new URL(location, call.url());
  target.hash = '';
  return hash53(target.href);
}
