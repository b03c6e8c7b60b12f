import { Memory } from '../../../src/memo.ts';
import type { UndiciCall } from './call.ts';

/** Fetch standard §4.4 "HTTP-redirect fetch": at the twentieth redirect the answer is a network error. */
const FETCH_LIMIT = 20;
const FOLLOWED = new Set([301, 302, 303, 307, 308]);
/** More chains than this at once are not followed. */
const MAX_WAITING = 256;

/** Redirects of `fetch` that are about to be followed, by target. The next hop's request comes some microtasks later. */
const chains = Memory.part(() => new Map<string, Pick<UndiciCall, 'hops' | 'signal'>>());

/** Takes over hops and signal when this request is the next hop of a `fetch`. */
export function continueChain(call: UndiciCall): void {
  const waiting = chains();
  if (waiting.size === 0) return;
  const url = call.url();
  const chain = waiting.get(url);
  if (!chain) return;
  waiting.delete(url);
  call.byFetch = true;
  call.hops = chain.hops;
  call.signal = chain.signal;
}

/** Notes a redirect that `fetch` will follow. Returns whether it will refuse to, because there were too many. */
export function noteRedirect(call: UndiciCall): boolean {
  if (!call.byFetch || !FOLLOWED.has(call.status ?? 0)) return false;
  const location = call.responseHeader('location');
  if (location === undefined) return false;
  if (call.hops >= FETCH_LIMIT) return true;
  const waiting = chains();
  const target = URL.parse(location, call.url());
  if (!target || waiting.size >= MAX_WAITING) return false;
  target.hash = '';
  waiting.set(target.href, { hops: call.hops + 1, signal: call.signal });
  // Not followed after all: `redirect: "manual"`, an abort, a scheme that fetch refuses.
  setTimeout(() => waiting.delete(target.href), 100).unref();
  return false;
}
