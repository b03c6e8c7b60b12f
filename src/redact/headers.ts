import { remembering } from '../memo.ts';
import { ownName } from './own-rules.ts';
import { hasSecret, isSecretWord, redactText } from './text.ts';
import { REDACTED, redactUrl } from './url.ts';

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

/** Values that may be shown besides those of {@link isSafeHeader}: what decides how a provider reads a request. */
const SHOWN = new Set(
  (
    'anthropic-beta if-modified-since if-unmodified-since openai-beta prefer range x-amz-target x-amz-json-version x-http-method-override ' +
    'x-ms-blob-type x-requested-with'
  ).split(' '),
);
/** `anthropic-version`, `notion-version`, `x-github-api-version`, `x-ms-version`: the version of the API that is asked for. */
const VERSION = /^(?:[a-z\d]{1,24}-){1,4}version$/;

/**
 * Left out whole: what every client, proxy or signer makes anew (RFC 9110 §7.6.1, W3C Trace Context and Baggage, AWS Signature Version 4), what
 * SDKs tell about themselves, and the credential, of which `api.auth.scheme` says all that may be said.
 */
const LEFT_OUT = new Set(
  (
    'accept-encoding amz-sdk-invocation-id amz-sdk-request authorization b3 baggage connection content-length date forwarded host ' +
    'http2-settings keep-alive proxy-authorization proxy-connection te traceparent tracestate trailer transfer-encoding upgrade via x-amz-content-sha256 ' +
    'x-amz-date x-amz-security-token x-amz-user-agent x-amzn-trace-id x-cloud-trace-context x-goog-api-client x-ms-date x-stripe-client-telemetry ' +
    'x-stripe-client-user-agent'
  ).split(' '),
);
const LEFT_OUT_FAMILY = /^(?:sec-|x-b3-|x-stainless-|x-datadog-|x-forwarded-|x-amz-(?:sdk-)?checksum-)/;

const NAME = /^[a-z\d][a-z\d_-]{0,63}$/;
/** No header is named so, but a number of somebody's may be. */
const NUMBER = /\d{7}|\d{3}-\d\d-\d{4}/;
const MAX_HEADERS = 32;

type Kind = 'left out' | 'shown' | 'placeholder';
const kindOf = remembering((name: string): Kind => {
  if (LEFT_OUT.has(name) || LEFT_OUT_FAMILY.test(name)) return 'left out';
  if (!NAME.test(name) || NUMBER.test(name) || isSecretWord(name)) return 'left out';
  return SHOWN.has(name) || VERSION.test(name) || isSafeHeader(name) ? 'shown' : 'placeholder';
}, 512);

/** Media type and charset; a multipart boundary may be any text. */
function contentType(value: string): string {
  const [type = '', ...parameters] = value.split(';').map((part) => part.trim());
  const charset = parameters.find((p) => /^charset=["\w-]{1,24}$/i.test(p));
  return charset === undefined ? type : `${type}; ${charset}`;
}

/**
 * `name`, line feed, value: the same few pairs come with every call of a client. A line feed is in no header. Saves 2.4 of the 24 µs that
 * reading a failed span costs the collector.
 */
const shown = remembering((pair: string): string => {
  const at = pair.indexOf('\n');
  const name = pair.slice(0, at);
  const given = pair.slice(at + 1);
  const value = name === 'content-type' ? contentType(given) : given.trim();
  const text = redactHeader(name, value);
  // What is left of a user agent still says who called.
  return text === value || name === 'user-agent' ? text : REDACTED;
}, 256);

/**
 * A request's headers as they may leave the process: what a copy of the call needs, by name; the value where the name is known to hold no secret
 * and the value looks like none, else `REDACTED`. Names in lower case, at most 32.
 */
export function requestHeaders(
  names: Iterable<string>,
  headerOf: (name: string) => string | undefined,
): [name: string, value: string][] {
  const headers: [string, string][] = [];
  for (const given of names) {
    if (headers.length === MAX_HEADERS) break;
    const name = given.toLowerCase();
    const kind = ownName(name) === 'redact' ? 'placeholder' : kindOf(name);
    if (kind === 'left out') continue;
    const value = kind === 'shown' ? headerOf(name) : REDACTED;
    if (value !== undefined) headers.push([name, value === REDACTED ? REDACTED : shown(`${name}\n${value}`)]);
  }
  return headers;
}
