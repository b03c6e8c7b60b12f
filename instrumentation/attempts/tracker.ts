import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Announced,
  adviceOf,
  announced,
  createRepeatedReads,
  hash53,
  isReadByPost,
  kindOf,
  type RetryKind,
} from '../../src/attempts/index.ts';
import { idempotencyKey } from '../../src/providers/idempotency.ts';
import { HeaderSet } from '../capture/header-set.ts';
import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';
import type { SpanLink } from '../span/record.ts';
import { type Attempt, HAS_CREDENTIALS, notBeforeOf, noteSent, printOf, stateOf, WENT_WELL } from './attempt.ts';
import { DEPTH, Previous, type Scope, watchScopes } from './previous.ts';

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

/** On the call until it has ended. */
interface Open extends NonNullable<Call['attempt']> {
  readonly attempt: Attempt;
  /** The newest attempt before this one under the same ID. */
  readonly named: Attempt | undefined;
  /** The attempt before is still to be looked for. */
  isSought: boolean;
  previous: Attempt | undefined;
  kind: RetryKind | undefined;
  /** The same URL was read a moment ago; undefined of a write. */
  readonly seen: boolean | undefined;
  readonly scope: Scope | undefined;
  noted: boolean;
}

const headersOf =
  (call: Call) =>
  (name: string): string | undefined =>
    call.requestHeader(name);
const openOf = (call: Call): Open | undefined => call.attempt as Open | undefined;

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
    const entry = openOf(call);
    if (location !== undefined && entry) known.byTarget.set(location, entry.attempt);
  };

  const written = (call: Call): void => {
    const entry = openOf(call);
    if (!entry?.isSought) return;
    const { attempt } = entry;
    entry.isSought = false;
    const previous = known.of(call, entry);
    if (previous) {
      entry.previous = previous;
      previous.followed = true;
      attempt.resent = Math.max(attempt.resent, previous.resent + 1);
      const state = stateOf(previous, call.startMs);
      if (state) entry.kind = kindOf(state, { key: attempt.key, print: printOf(call), now: call.startMs });
    }
    if (attempt.resent > 0) entry.kind ??= 'safe';
  };

  /** It failed, or may have: others may be its repeats. */
  const note = (entry: Open, call: Call): void => {
    written(call);
    noteSent(entry.attempt, call);
    entry.noted = true;
    known.failed(entry.attempt, entry.scope);
  };

  return {
    stop: scopes.stop,
    /** @param names of its headers, where they are known already */
    start(call: Call, names = call.requestHeaderNames()): void {
      const said = ANNOUNCING.meets(names) ? announced(headersOf(call)) : NOTHING_SAID;
      const earlier = flow.getStore();
      const scope = scopes.current();
      const isGet = call.method === 'GET' || call.method === 'HEAD';
      const keyText = isGet || !KEYS.meets(names) ? undefined : idempotencyKey(headersOf(call));
      const key = keyText === undefined ? undefined : hashOf(keyText);
      const urlHash = call.target.hash;
      const id = said.id ?? (key && `${key} ${call.method} ${urlHash}`);
      const named = id === undefined ? undefined : known.byId.get(id);
      const attempt: Attempt = {
        span: undefined,
        method: call.method,
        urlHash,
        key,
        print: undefined,
        body: undefined,
        place: earlier === undefined ? 0 : earlier.place + 1,
        isRead: isReadByPost(call.method, call.host, call.path),
        resent: said.resent ?? 0,
        earlier,
        followed: false,
        credentialFor: HAS_CREDENTIALS.meets(names) ? call.host : undefined,
        call,
        ended: undefined,
      };
      const entry: Open = {
        attempt,
        named,
        isSought: true,
        previous: undefined,
        kind: undefined,
        seen: isGet ? reads.seen(urlHash, call.startMs) : undefined,
        scope,
        noted: false,
        redirects,
        written,
      };
      call.attempt = entry;
      if (!call.bodyComes) written(call);
      // not each time: what lies so far back is in no cache
      let tail = attempt.place % DEPTH === 0 ? earlier : undefined;
      for (let i = 0; tail && i < DEPTH; i++) tail = tail.earlier;
      if (tail) tail.earlier = undefined;
      flow.enterWith(attempt);
      if (id !== undefined) known.byId.set(id, attempt);
    },

    /** Says which span is this attempt's, as soon as it is known; links point there. */
    identify(call: Call, { traceId, spanId }: SpanLink): void {
      const entry = openOf(call);
      if (entry) entry.attempt.span = { traceId, spanId };
    },

    /** The call's answer failed, or may have; what it says comes later. */
    noted(call: Call): void {
      const entry = openOf(call);
      if (entry) note(entry, call);
    },

    /** Adds this attempt's attributes and returns its links. */
    end(call: Call, outcome: Outcome, a: AttributeList): readonly SpanLink[] {
      const entry = openOf(call);
      if (!entry) return NO_LINKS;
      const { attempt } = entry;
      const { layer, reason, sent, kind } = outcome;
      const failed = kind === 'failed';
      written(call);
      if (failed && !entry.noted) note(entry, call);
      else if (kind === 'cancelled') noteSent(attempt, call);
      const { previous } = entry;
      const notBefore = failed ? notBeforeOf(call, outcome, call.endMs) : 0;
      const location = locationOf(call);
      call.attempt = undefined;
      attempt.call = undefined;
      const advice =
        failed && layer !== undefined && reason !== undefined
          ? adviceOf({
              ...{ method: call.method, layer, reason, status: call.status, sent, isRead: attempt.isRead },
              keyed: attempt.key !== undefined,
              retryAfter: notBefore > 0,
            })
          : undefined;
      if (kind === 'ok' && !entry.noted && location === undefined) attempt.ended = WENT_WELL;
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
      if (entry.kind !== undefined) a.set('api.retry.kind', entry.kind);
      if (entry.seen !== undefined) a.set('api.request.repeated', entry.seen && attempt.resent === 0);
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
