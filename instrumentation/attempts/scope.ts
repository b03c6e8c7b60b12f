import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Attempt } from './attempt.ts';

/**
 * The failures of one incoming request. A flow is followed downwards only: an attempt made after an `await` inside a helper is not seen by the
 * loop that called the helper. What serves one request does see all of that request's failures.
 */
export interface Scope {
  /** Newest first. */
  readonly failures: Attempt[];
}

const scopes = new AsyncLocalStorage<Scope>();
let watching = false;

/** From now on every request that this process serves has a scope of its own (`node:http` publishes before it emits `request`). */
export function watchScopes(): void {
  if (watching) return;
  watching = true;
  subscribe('http.server.request.start', () => scopes.enterWith({ failures: [] }));
}

export const currentScope = (): Scope | undefined => scopes.getStore();
