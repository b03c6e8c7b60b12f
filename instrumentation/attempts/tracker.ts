import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Announced,
  adviceOf,
  announced,
  createRepeatedReads,
  hash53,
  isReadByPost,
  kindOf,
} from '../../src/attempts/index.ts';
import { idempotencyKey } from '../../src/providers/idempotency.ts';
import { HeaderSet } from '../capture/header-set.ts';
import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';
import type { SpanLink } from '../span/record.ts';
import {
  type Attempt,
  HAS_CREDENTIALS,
  isOver,
  notBeforeOf,
  noteSent,
  printOf,
  stateOf,
  WENT_WELL,
} from './attempt.ts';
import { DEPTH, Previous, watchScopes } from './previous.ts';

export type AttemptTracker = ReturnType<typeof createAttempts>;

const NO_LINKS: readonly SpanLink[] = [];
const NOTHING_SAID: Announced = { id: undefined, resent: undefined };
/** Every header that `announced` asks for. */
const ANNOUNCING = new HeaderSet(namesAskedFor(announced));
const KEYS = new HeaderSet(namesAskedFor(idempotencyKey));

function namesAskedFor(read: (header: (name: string) => undefined) => unknown): Set<string> {
  const names = new Set<string>();
  read((name) => void names.add(name));
  return names;
}

const headersOf =
  (call: Call) =>
  (name: string): string | undefined =>
    call.requestHeader(name);
const attemptOf = (call: Call): Attempt | undefined => call.attempt as Attempt | undefined;

/**
 * Reads attempts: adds what earlier calls say about this one.
 *
 * @param hashKey key of the idempotency key hashes; without one they compare only within this process
 */
export function createAttempts(hashKey?: string) {
  const scopes = watchScopes();
  let secret: string | Buffer | undefined = hashKey;
  const flow = new AsyncLocalStorage<Attempt>();
  const known = new Previous();
  const reads = createRepeatedReads();

  const hashOf = (key: string): string => {
    // most processes never send an idempotency key: the preload does not load crypto for it
    const { createHmac, randomBytes } = process.getBuiltinModule('node:crypto');
    secret ??= randomBytes(32);
    return createHmac('sha256', secret).update(key).digest('hex').slice(0, 16);
  };

  const redirects = (call: Call): void => {
    const location = locationOf(call);
    const attempt = attemptOf(call);
    if (location !== undefined && attempt) known.byTarget.set(location, attempt);
  };

  const written = (call: Call): void => {
    const attempt = attemptOf(call);
    if (!attempt?.isSought) return;
    attempt.isSought = false;
    const previous = known.of(call, attempt);
    if (previous) {
      attempt.previous = previous;
      previous.followed = true;
      attempt.resent = Math.max(attempt.resent, previous.resent + 1);
      const state = stateOf(previous, call.startMs);
      if (state) attempt.kind = kindOf(state, { key: attempt.key, print: printOf(call), now: call.startMs });
    }
    if (attempt.resent > 0) attempt.kind ??= 'safe';
  };

  /** It failed, or may have: others may be its repeats. */
  const note = (attempt: Attempt, call: Call): void => {
    written(call);
    noteSent(attempt, call);
    attempt.noted = true;
    known.failed(attempt);
  };

  return {
    stop: scopes.stop,
    /** @param names of its headers, where they are known already */
    start(call: Call, names = call.requestHeaderNames()): void {
      const said = ANNOUNCING.meets(names) ? announced(headersOf(call)) : NOTHING_SAID;
      const before = flow.getStore();
      let earlier = before;
      while (earlier && isOver(earlier)) earlier = earlier.earlier;
      const isGet = call.method === 'GET' || call.method === 'HEAD';
      const keyText = isGet || !KEYS.meets(names) ? undefined : idempotencyKey(headersOf(call));
      const key = keyText === undefined ? undefined : hashOf(keyText);
      const urlHash = call.target.hash;
      const id = said.id ?? (key && `${key} ${call.method} ${urlHash}`);
      const attempt: Attempt = {
        span: undefined,
        method: call.method,
        urlHash,
        key,
        print: undefined,
        body: undefined,
        place: before === undefined ? 0 : before.place + 1,
        isRead: isReadByPost(call.method, call.host, call.path),
        resent: said.resent ?? 0,
        earlier,
        followed: false,
        credentialFor: HAS_CREDENTIALS.meets(names) ? call.host : undefined,
        call,
        ended: undefined,
        named: id === undefined ? undefined : known.byId.get(id),
        previous: undefined,
        isSought: true,
        kind: undefined,
        seen: isGet ? reads.seen(urlHash, call.startMs) : undefined,
        scope: scopes.current(),
        noted: false,
        redirects,
        written,
      };
      call.attempt = attempt;
      if (!call.bodyComes) written(call);
      let last = attempt;
      while (last.earlier && attempt.place - last.earlier.place <= DEPTH) last = last.earlier;
      last.earlier = undefined;
      flow.enterWith(attempt);
      if (id !== undefined) known.byId.set(id, attempt);
    },

    /** Says which span is this attempt's, as soon as it is known; links point there. */
    identify(call: Call, { traceId, spanId }: SpanLink): void {
      const attempt = attemptOf(call);
      if (attempt) attempt.span = { traceId, spanId };
    },

    /** The call's answer failed, or may have; what it says comes later. */
    noted(call: Call): void {
      const attempt = attemptOf(call);
      if (attempt) note(attempt, call);
    },

    /** Adds this attempt's attributes and returns its links. */
    end(call: Call, outcome: Outcome, a: AttributeList): readonly SpanLink[] {
      const attempt = attemptOf(call);
      if (!attempt) return NO_LINKS;
      const { layer, reason, sent, kind } = outcome;
      const failed = kind === 'failed';
      written(call);
      if (failed && !attempt.noted) note(attempt, call);
      else if (kind === 'cancelled') noteSent(attempt, call);
      const { previous } = attempt;
      const notBefore = failed ? notBeforeOf(call, outcome, call.endMs) : 0;
      const location = locationOf(call);
      call.attempt = undefined;
      attempt.call = undefined;
      attempt.named = undefined;
      attempt.previous = undefined;
      const advice =
        failed && layer !== undefined && reason !== undefined
          ? adviceOf({
              ...{ method: call.method, layer, reason, status: call.status, sent, isRead: attempt.isRead },
              keyed: attempt.key !== undefined,
              retryAfter: notBefore > 0,
            })
          : undefined;
      if (kind === 'ok' && !attempt.noted && location === undefined) attempt.ended = WENT_WELL;
      else {
        const { method, key, isRead, print } = attempt;
        const { endMs: at, status } = call;
        const knownAt = status !== undefined && status >= 400 ? call.headersMs : at;
        const how = { failed, cancelled: kind === 'cancelled', status, sent, notBefore, layer, advice };
        attempt.ended = { method, key, isRead, print, ...how, at, knownAt, location };
      }
      if (location !== undefined) known.byTarget.set(location, attempt);
      if (attempt.resent > 0) a.set('http.request.resend_count', attempt.resent);
      const isRedirected = previous !== undefined && previous.urlHash !== attempt.urlHash;
      if (isRedirected && attempt.credentialFor === undefined && previous.credentialFor !== undefined)
        a.set('api.auth.dropped_by', previous.credentialFor);
      if (attempt.kind !== undefined) a.set('api.retry.kind', attempt.kind);
      if (attempt.seen !== undefined) a.set('api.request.repeated', attempt.seen && attempt.resent === 0);
      if (attempt.key !== undefined) a.set('api.idempotency.key_hash', attempt.key);
      if (advice !== undefined) a.set('api.retry.advice', advice);
      return previous?.span ? [previous.span] : NO_LINKS;
    },
  };
}

/** Hash of the URL a redirect points to (RFC 9110 §15.4). */
function locationOf(call: Call): number | undefined {
  if (call.status === undefined || call.status < 300 || call.status > 399) return undefined;
  const location = call.responseHeader('location');
  if (location === undefined || !URL.canParse(location, call.url())) return undefined;
  const target = new URL(location, call.url());
  target.hash = '';
  return hash53(target.href);
}
