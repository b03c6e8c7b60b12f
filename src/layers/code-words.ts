import type { LayerName } from '../contract/layers.ts';

/** The words of a phrase, and the layer they tell of. */
type Row = readonly [layer: LayerName, words: readonly string[]];

/** Phrases between commas. The phrase's words stand in the code in this order, others between them allowed; `*` is any ending. */
const rows = (layer: LayerName, phrases: string): Row[] =>
  phrases.split(', ').map((phrase) => [layer, phrase.split(' ')]);

/** Whoever sent the code, and with whatever status. The first row that fits wins. */
const ROWS: readonly Row[] = [
  // RFC 6585 §4 and what vendors call the same: too much, too fast, or the quota is used up
  ...rows(
    'throttling',
    'ratelimit*, rate limit*, rate exceeded, throttl*, quota*, toomanyrequests, too many requests, too many calls, ' +
      'too many attempts, too many connections, slowdown, slow down, throughput exceeded, resource exhausted, request* limit, ' +
      'api* limit, activity limit, usage limit, call* limit, concurren* limit, concurrent requests, hourly limit, daily limit, ' +
      'monthly limit, bandwidth limit, flood wait, m limit exceeded',
  ),
  // credentials: RFC 6749 §5.2, RFC 6750 §3.1, and the words for expired, wrong or missing ones
  ...rows(
    'auth',
    'invalid grant, invalid client, unauthorized client, insufficient scope, missing scope, insufficient permission*, ' +
      'missing permission*, token expired, token invalid, token revoked, token missing, expired token, invalid token, missing token, ' +
      'session expired, session invalid, expired session, invalid session, credential* expired, credential* invalid, ' +
      'invalid credential*, expired credential*, key expired, api key, apikey*, access key, signature mismatch, signature match, ' +
      'signature failure, signature expired, signature invalid, invalid signature, auth failure, invalid auth, auth invalid, ' +
      'invalid login, login required, not authed, not authorized, no permission, unauthenticated, unauthorized*, authentication, ' +
      'access denied, permission denied, forbidden, account inactive, request denied, time skewed',
  ),
];

/** Rows that decide only where the status decides nothing, that is inside a 2xx. */
const IN_SUCCESS: readonly Row[] = [
  ...rows('service', 'internal error, internal server, server error, service unavailable, unavailable'),
  // as 529 says it: no capacity
  ...rows('throttling', 'overloaded'),
  ...rows('service', 'backend error, timeout, timed out, deadline exceeded, temporarily, maintenance'),
  ...rows(
    'endpoint',
    'unknown method, method not found, unknown command, invalid action, persisted query not found, unimplemented',
  ),
];

/** `HTTPRateLimit_exceeded` → `http`, `rate`, `limit`, `exceeded`. */
export function wordsOf(code: string): string[] {
  return code
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);
}

const isWord = (word: string, wanted: string): boolean =>
  wanted.endsWith('*') ? word.startsWith(wanted.slice(0, -1)) : word === wanted;

function fits(words: readonly string[], wanted: readonly string[]): boolean {
  let at = 0;
  for (const word of words) if (isWord(word, wanted[at]!) && ++at === wanted.length) return true;
  return false;
}

/** The layer a code's words imply; undefined if they imply none. `inSuccess`: by the rows that hold inside a 2xx only. */
export const layerOfWords = (words: readonly string[], inSuccess = false): LayerName | undefined =>
  (inSuccess ? IN_SUCCESS : ROWS).find(([, wanted]) => fits(words, wanted))?.[0];
