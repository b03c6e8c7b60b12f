/**
 * Names whose values are secret: query parameters, form fields, JSON keys. The seven of the HTTP semantic conventions, the SAS and
 * presigned-URL parameters of Azure, AWS and Google, OAuth 2.0 and OpenID Connect, and what applications call their own.
 */
const EXACT = new Set(
  (
    'apikey key sig sign signature hmac hash token jwt auth authorization authentication password passwd passwort passphrase pass pwd pw pin otp ' +
    'totp mfa secret code state nonce session sessionid sid jsessionid phpsessid sess ticket assertion samlresponse samlrequest saml credential ' +
    'credentials cookie bearer accesskey accesskeyid awsaccesskeyid se sp sv sr st skoid sktid policy keypairid userinfo user username login ' +
    'email mail phone ssn iban card cardnumber cc cvc cvv pan appid appkey appsecret k'
  ).split(' '),
);
const CONTAINS = [
  'token',
  'secret',
  'passw',
  'apikey',
  'accesskey',
  'privatekey',
  'signingkey',
  'signature',
  'credential',
  'authorization',
  'sessionid',
  'cookie',
  'verifier',
];
const STARTS = ['xamz', 'xgoog', 'xms', 'oauth'];

/** Letters and digits in lower case; for `filter[api_key]` and `a.b.token` the innermost name as well. */
function namesOf(key: string): string[] {
  const names = key
    .toLowerCase()
    .split(/[[\].:/]/)
    .map((part) => part.replace(/[^a-z\d]/g, ''))
    .filter(Boolean);
  return [names.join(''), ...names];
}

/** Whether the value under this name must not be shown. A name of more than 128 characters counts as secret. */
export function isSecretKey(key: string, more?: ReadonlySet<string>): boolean {
  if (key.length > 128) return true;
  return namesOf(key).some(
    (name) =>
      EXACT.has(name) ||
      more?.has(name) === true ||
      STARTS.some((s) => name.startsWith(s)) ||
      CONTAINS.some((c) => name.includes(c)),
  );
}

/** Reads `ticket_no,voucher`: names compared without case and separators. Throws a sentence for a name that can never match. */
export function parseSecretKeys(text: string): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const key of text.split(',').filter((k) => k.trim() !== '')) {
    const name = key.toLowerCase().replace(/[^a-z\d]/g, '');
    if (name === '' || name.length > 128)
      throw new Error('must be query parameter names of letters and digits, comma-separated');
    keys.add(name);
  }
  return keys;
}
