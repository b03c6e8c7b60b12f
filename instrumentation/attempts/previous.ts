import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isIdempotent, needsChange } from '../../src/attempts/index.ts';
import type { Call } from '../capture/types.ts';
import { type Attempt, printOf, type Scope, type State, sendsTheSame, stateOf } from './attempt.ts';

/** How far back in one asynchronous flow an earlier attempt is looked for, and how much of a flow is remembered. */
export const DEPTH = 8;
/** Longest pause between an attempt and its next, beyond what the provider asked for. */
const WINDOW_MS = 120_000;
/** The same where nothing but the request itself connects the two. */
const BLIND_WINDOW_MS = 30_000;
const NONE: readonly Attempt[] = [];

/** The newest `limit` values by key; insertion order is age. */
class Recent<K, V> {
  private readonly entries = new Map<K, V>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: K): V | undefined {
    // nothing fails, as a rule
    return this.entries.size === 0 ? undefined : this.entries.get(key);
  }

  set(key: K, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size > this.limit) this.entries.delete(this.entries.keys().next().value as K);
  }
}

/** Puts `value` first in a list of the newest eight. */
function addNewest<T>(list: T[], value: T): void {
  list.unshift(value);
  if (list.length > 8) list.pop();
}

/** Gives every request that this process serves a scope of its own (`node:http` publishes before it emits `request`). */
export function watchScopes() {
  const scopes = new AsyncLocalStorage<Scope>();
  const enter = () => scopes.enterWith({ failures: [] });
  subscribe('http.server.request.start', enter);
  return { current: () => scopes.getStore(), stop: () => void unsubscribe('http.server.request.start', enter) };
}

const within = (now: number, { at, notBefore }: State, window: number): boolean =>
  now - Math.max(at, notBefore) <= window;

/** Finds the attempt that a call repeats; see docs/attempts.md for the rule. */
export class Previous {
  readonly byId = new Recent<string, Attempt>(1024);
  /** By the URL that a redirect points to. */
  readonly byTarget = new Recent<number, Attempt>(256);
  private readonly byUrl = new Recent<number, Attempt[]>(512);

  failed(attempt: Attempt): void {
    const list = this.byUrl.get(attempt.urlHash) ?? [];
    addNewest(list, attempt);
    this.byUrl.set(attempt.urlHash, list);
    if (attempt.scope) addNewest(attempt.scope.failures, attempt);
  }

  of(call: Call, attempt: Attempt): Attempt | undefined {
    const { method, startMs: now } = call;
    // `resent` so far is its client's own count
    const { urlHash, resent: said, earlier, named, scope, place } = attempt;
    if (named && !named.followed) return named;
    for (let candidate = earlier; candidate && place - candidate.place <= DEPTH; candidate = candidate.earlier) {
      if (candidate.ended?.location === urlHash && !candidate.followed) return candidate;
      // most calls of a flow go elsewhere: only for the others it matters how they went
      const state = stateOfFree(candidate, attempt, now);
      if (!state || !(state.failed || state.cancelled) || !within(now, state, WINDOW_MS)) continue;
      if (sendsTheSame(candidate, call) !== false) return candidate;
    }
    for (const failure of scope?.failures ?? NONE) {
      const state = stateOfFree(failure, attempt, now);
      if (!state?.failed || !within(now, state, WINDOW_MS) || !sendsTheSame(failure, call)) continue;
      if (isIdempotent(method) || state.print === printOf(call)) return failure;
    }
    const failures = this.byUrl.get(urlHash) ?? NONE;
    for (const failure of failures) {
      // no flow leads there, but the client says which repeat this is
      if (said === 0 || failure.resent !== said - 1) continue;
      const state = stateOfFree(failure, attempt, now);
      if (state && within(now, state, WINDOW_MS) && sendsTheSame(failure, call) !== false) return failure;
    }
    const redirected = this.byTarget.get(urlHash);
    if (redirected && !redirected.followed && now - (redirected.ended?.at ?? now) <= BLIND_WINDOW_MS) return redirected;
    for (const failure of failures) {
      const state = stateOfFree(failure, attempt, now);
      if (!state?.failed || needsChange(state.status) || !within(now, state, BLIND_WINDOW_MS)) continue;
      if (sendsTheSame(failure, call) && (isIdempotent(method) || isSameWrite(failure, state, call, scope)))
        return failure;
    }
    return undefined;
  }
}

/** The state of an attempt that nothing has repeated yet and that this one may repeat. */
const stateOfFree = (before: Attempt, { urlHash, method }: Attempt, now: number): State | undefined =>
  !before.followed && before.urlHash === urlHash && before.method === method ? stateOf(before, now) : undefined;

/** A write that no flow and no incoming request connects with the one before: only the very same is its repeat, from the same caller. */
const isSameWrite = (failure: Attempt, state: State, call: Call, scope: Scope | undefined): boolean =>
  scope === undefined && failure.body !== 0 && state.print === printOf(call);
