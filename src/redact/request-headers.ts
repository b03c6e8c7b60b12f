import { remembering } from '../memo.ts';
import { REDACTED } from './decode.ts';
import { isSafeHeader, redactHeader } from './headers.ts';
import { ownName } from './own-rules.ts';
import { isSecretWord } from './text.ts';

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
    'accept-encoding amz-sdk-invocation-id amz-sdk-request authorization b3 baggage connection content-length date expect forwarded host ' +
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

/** `name`, line feed, value: the same few pairs come with every call of a client. A line feed is in no header. */
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
