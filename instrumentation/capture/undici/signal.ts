import type { UndiciRequest } from './call.ts';

/**
 * The caller's signal of a failed undici request. The public API handlers keep it as `signal`; the request keeps its handler under a
 * symbol described `handler`. Read on failure only; where a wrapper hides it the error alone must tell.
 */
export function signalOf(request: UndiciRequest): AbortSignal | undefined {
  for (const symbol of Object.getOwnPropertySymbols(request)) {
    if (symbol.description !== 'handler') continue;
    let handler = (request as unknown as Record<symbol, unknown>)[symbol];
    for (let depth = 0; depth < 4 && typeof handler === 'object' && handler !== null; depth++) {
      const { signal, handler: inner } = handler as { signal?: unknown; handler?: unknown };
      if (signal instanceof AbortSignal) return signal;
      handler = inner;
    }
  }
  return undefined;
}
