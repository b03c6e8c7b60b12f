import { HeaderSet } from '../capture/header-set.ts';
import type { Call } from '../capture/types.ts';

/** Schemes of the IANA registry and those big providers use; any other word might be a credential and is not repeated. */
const SCHEMES = new Set(
  (
    'basic bearer digest dpop gnap hoba mutual negotiate ntlm oauth privatetoken scram-sha-1 scram-sha-256 vapid concealed ' +
    'token apikey api-key key aws4-hmac-sha256 aws4-ecdsa-p256-sha256 aws sharedkey sharedkeylite sharedaccesssignature hmac ' +
    'hmac-sha256 googlelogin goog4-hmac-sha256 signature bot zoho-oauthtoken klaviyo-api-key genie snowflake jwt'
  ).split(' '),
);
/** Headers that carry a credential by themselves. */
const KEYS = new HeaderSet([
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'ocp-apim-subscription-key',
  'x-auth-token',
  'private-token',
  'apikey',
]);
const AUTHORIZATION = new HeaderSet(['authorization']);

export interface Auth {
  readonly scheme: string;
  /** Only for a bearer token that is a JWT with an expiry. */
  readonly expired?: boolean;
}

const NONE: Auth = { scheme: 'none' };
const KEY: Auth = { scheme: 'api-key' };
const SIGNED: Auth = { scheme: 'signed-url' };
const SIGNATURE = /[?&]X-(Amz|Goog)-Signature=/i;
/** A token longer than this is not looked into. */
const MAX_TOKEN = 8192;

/** RFC 7519 §4.1.4 `exp`; the token is read where it stands and not kept. */
function expiryOf(token: string): number | undefined {
  if (!token.startsWith('eyJ') || token.length > MAX_TOKEN) return undefined;
  const from = token.indexOf('.') + 1;
  const to = token.indexOf('.', from);
  if (from === 0 || to < 0) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(token.slice(from, to), 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' && Number.isFinite(exp) ? exp : undefined;
  } catch {
    // no token of this kind
    return undefined;
  }
}

/** How a request authenticates; never the credential. `nowMs` is Unix time. */
export function authOf(call: Pick<Call, 'requestHeader' | 'requestHeaderNames'>, path: string, nowMs: number): Auth {
  const names = call.requestHeaderNames();
  const value = AUTHORIZATION.meets(names) ? call.requestHeader('authorization') : undefined;
  if (value === undefined || value === '') {
    if (path.includes('?') && SIGNATURE.test(path)) return SIGNED;
    return KEYS.meets(names) ? KEY : NONE;
  }
  const space = value.indexOf(' ');
  if (space < 0) return KEY;
  const word = value.slice(0, space).toLowerCase();
  const scheme = SCHEMES.has(word) ? word : 'other';
  const expiry = scheme === 'bearer' ? expiryOf(value.slice(space + 1)) : undefined;
  return expiry === undefined ? { scheme } : { scheme, expired: expiry * 1000 <= nowMs };
}
