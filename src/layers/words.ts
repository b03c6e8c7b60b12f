import type { LayerName } from '../contract/layers.ts';

/**
 * What the words of a code say, whoever sent it. A row fits if its words are in the code in this order; `*` stands for any ending; the
 * first row that fits wins. Words are cut at case changes and separators: `ProvisionedThroughputExceededException` is four of them.
 */
const ROWS: readonly (readonly [layer: LayerName, words: string])[] = [
  // RFC 6585 §4 and what vendors call the same: too much, too fast, or the quota is used up.
  ['throttling', 'ratelimit*'],
  ['throttling', 'rate limit*'],
  ['throttling', 'rate exceeded'],
  ['throttling', 'throttl*'],
  ['throttling', 'quota*'],
  ['throttling', 'toomanyrequests'],
  ['throttling', 'too many requests'],
  ['throttling', 'too many calls'],
  ['throttling', 'too many attempts'],
  ['throttling', 'too many connections'],
  ['throttling', 'slowdown'],
  ['throttling', 'slow down'],
  ['throttling', 'throughput exceeded'],
  ['throttling', 'resource exhausted'],
  ['throttling', 'request* limit'],
  ['throttling', 'api limit'],
  ['throttling', 'api* limit'],
  ['throttling', 'activity limit'],
  ['throttling', 'usage limit'],
  ['throttling', 'call* limit'],
  ['throttling', 'concurren* limit'],
  ['throttling', 'concurrent requests'],
  ['throttling', 'hourly limit'],
  ['throttling', 'daily limit'],
  ['throttling', 'monthly limit'],
  ['throttling', 'bandwidth limit'],
  ['throttling', 'flood wait'],
  ['throttling', 'm limit exceeded'],
  // Credentials: RFC 6749 §5.2, RFC 6750 §3.1, and the words for expired, wrong or missing ones.
  ['auth', 'invalid grant'],
  ['auth', 'invalid client'],
  ['auth', 'unauthorized client'],
  ['auth', 'insufficient scope'],
  ['auth', 'missing scope'],
  ['auth', 'insufficient permission*'],
  ['auth', 'missing permission*'],
  ['auth', 'token expired'],
  ['auth', 'token invalid'],
  ['auth', 'token revoked'],
  ['auth', 'token missing'],
  ['auth', 'expired token'],
  ['auth', 'invalid token'],
  ['auth', 'missing token'],
  ['auth', 'session expired'],
  ['auth', 'session invalid'],
  ['auth', 'expired session'],
  ['auth', 'invalid session'],
  ['auth', 'credential* expired'],
  ['auth', 'credential* invalid'],
  ['auth', 'invalid credential*'],
  ['auth', 'expired credential*'],
  ['auth', 'key expired'],
  ['auth', 'api key'],
  ['auth', 'apikey*'],
  ['auth', 'access key'],
  ['auth', 'signature mismatch'],
  ['auth', 'signature match'],
  ['auth', 'signature failure'],
  ['auth', 'signature expired'],
  ['auth', 'signature invalid'],
  ['auth', 'invalid signature'],
  ['auth', 'auth failure'],
  ['auth', 'invalid auth'],
  ['auth', 'auth invalid'],
  ['auth', 'invalid login'],
  ['auth', 'login required'],
  ['auth', 'not authed'],
  ['auth', 'not authorized'],
  ['auth', 'no permission'],
  ['auth', 'unauthenticated'],
  ['auth', 'unauthorized*'],
  ['auth', 'authentication'],
  ['auth', 'access denied'],
  ['auth', 'permission denied'],
  ['auth', 'forbidden'],
  ['auth', 'account inactive'],
  ['auth', 'request denied'],
  ['auth', 'time skewed'],
];

/** Rows that decide only where the status decides nothing, that is inside a 2xx. */
const IN_SUCCESS: readonly (readonly [layer: LayerName, words: string])[] = [
  ['service', 'internal error'],
  ['service', 'internal server'],
  ['service', 'server error'],
  ['service', 'service unavailable'],
  ['service', 'unavailable'],
  // as 529 says it: no capacity
  ['throttling', 'overloaded'],
  ['service', 'backend error'],
  ['service', 'timeout'],
  ['service', 'timed out'],
  ['service', 'deadline exceeded'],
  ['service', 'temporarily'],
  ['service', 'maintenance'],
  ['endpoint', 'unknown method'],
  ['endpoint', 'method not found'],
  ['endpoint', 'unknown command'],
  ['endpoint', 'invalid action'],
  ['endpoint', 'persisted query not found'],
  ['endpoint', 'unimplemented'],
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

const COMPILED = new Map<string, readonly string[]>();

const isWord = (word: string, wanted: string): boolean =>
  wanted.endsWith('*') ? word.startsWith(wanted.slice(0, -1)) : word === wanted;

/** The row's words in this order, others between them allowed. */
function fits(words: readonly string[], row: string): boolean {
  let wanted = COMPILED.get(row);
  if (wanted === undefined) {
    wanted = row.split(' ');
    COMPILED.set(row, wanted);
  }
  let at = 0;
  for (const word of words) if (isWord(word, wanted[at]!) && ++at === wanted.length) return true;
  return false;
}

const match = (rows: readonly (readonly [LayerName, string])[], words: readonly string[]): LayerName | undefined =>
  rows.find(([, row]) => fits(words, row))?.[0];

/** The layer a code's words imply for any status; undefined if they imply none. */
export const layerOfWords = (words: readonly string[]): LayerName | undefined => match(ROWS, words);
/** The further layers a code implies inside a 2xx. */
export const layerInSuccess = (words: readonly string[]): LayerName | undefined => match(IN_SUCCESS, words);
