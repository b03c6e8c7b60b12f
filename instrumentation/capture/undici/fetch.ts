/** What one `fetch()` was given that undici's request no longer tells. */
export interface FetchMade {
  readonly signal: AbortSignal | undefined;
}

let current: FetchMade | undefined;

/** The `fetch` whose call is being made in this very turn, once. */
export function takeFetch(): FetchMade | undefined {
  const made = current;
  current = undefined;
  return made;
}

export function enterFetch(made: FetchMade): void {
  current = made;
}

/** Returns whether the call was made meanwhile. */
export function leaveFetch(made: FetchMade): boolean {
  if (current !== made) return true;
  current = undefined;
  return false;
}
