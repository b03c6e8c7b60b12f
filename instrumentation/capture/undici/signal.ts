import type { UndiciRequest } from './call.ts';

interface Handler {
  readonly signal?: unknown;
  readonly reason?: unknown;
  readonly handler?: unknown;
}

/**
 * Why the caller aborted a failed undici request, undefined when it did not. undici's own API handlers keep the `signal` (6) or what
 * it gave as `reason` (7, 8); the request keeps its handler under a symbol described `handler`. Read on failure only; where a wrapper
 * hides it the error alone must tell.
 */
export function abortReasonOf(request: UndiciRequest): unknown {
  for (const symbol of Object.getOwnPropertySymbols(request)) {
    if (symbol.description !== 'handler') continue;
    let at = (request as unknown as Record<symbol, unknown>)[symbol];
    for (let depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth++) {
      const { signal, reason, handler } = at as Handler;
      if (reason !== undefined && reason !== null) return reason;
      if (signal instanceof AbortSignal && signal.aborted) return signal.reason;
      at = handler;
    }
  }
  return undefined;
}
