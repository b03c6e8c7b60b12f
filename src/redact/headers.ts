import { ownName } from './own-rules.ts';
import { hasSecret, redactText } from './text.ts';
import { redactUrl } from './url.ts';

/**
 * Headers that may be shown: an allow-list, because what a provider puts into a header of its own is unknown. Values are redacted all
 * the same.
 */
const SAFE = new Set(
  (
    'accept accept-encoding accept-language accept-ranges age allow alt-svc api-version cache-control cf-cache-status cf-ray connection ' +
    'content-encoding content-language content-length content-type date deprecation expect host idempotent-replayed ' +
    'keep-alive last-modified link location openai-version proxy-connection ratelimit ratelimit-limit ratelimit-policy ratelimit-remaining ' +
    'ratelimit-reset retry-after retry-after-ms server server-timing stripe-should-retry stripe-version sunset te trailer transfer-encoding ' +
    'upgrade user-agent vary via warning x-amz-cf-pop x-api-version x-cache x-ms-retry-after-ms x-powered-by ' +
    'x-should-retry anthropic-version notion-version x-github-api-version x-github-media-type'
  ).split(' '),
);
/** Families whose members are counts, times and identifiers of the exchange. */
const SAFE_SHAPE =
  /^(?:[a-z]{1,20}-){0,3}(?:request-?id|correlation-?id|trace-?id|ratelimit-[a-z-]{1,40}|rate-limit-[a-z-]{1,40}|debug-id|error-code|errortype|error-type)$/;
const URLS = new Set(['location', 'link', 'content-location']);
const NEVER = /auth|cookie|key|token|secret|passw|credential|signature|session/;

const VALUE_CAP = 256;

/** Whether a header of this name (any case) may be shown at all. */
export function isSafeHeader(name: string): boolean {
  const lower = name.toLowerCase();
  const own = ownName(lower);
  if (own !== undefined) return own === 'keep';
  if (SAFE.has(lower)) return true;
  return lower.length <= 64 && SAFE_SHAPE.test(lower) && !NEVER.test(lower);
}

/** The value of a header that may be shown: what only looks random is an identifier where the name says so. */
export const redactHeader = (name: string, value: string): string =>
  /-id$/.test(name) && /^\S{1,256}$/.test(value) && !hasSecret(value, false) ? value : redactText(value, VALUE_CAP);

/** The headers that may leave the process, names in lower case, values redacted and at most 256 characters. */
export function safeHeaders(entries: Iterable<readonly [string, string]>): [string, string][] {
  const safe: [string, string][] = [];
  for (const [name, value] of entries) {
    if (!isSafeHeader(name)) continue;
    const lower = name.toLowerCase();
    const text = URLS.has(lower) ? redactUrl(value.replace(/[<>].*/s, '')) : redactHeader(lower, value);
    safe.push([lower, text.slice(0, VALUE_CAP)]);
    if (safe.length === 64) break;
  }
  return safe;
}
