import { age } from '../paint.ts';
import { answerFindings, outcomeOf, schemeOf } from './answers.ts';
import { type Context, type Finding, mismatch, note, ok, stops, unknown } from './base.ts';

/** Seconds of clock difference that token libraries commonly allow, and that AWS signatures allow (5 minutes). */
const LEEWAY_S = 30;
const SIGNATURE_S = 300;

/** Step 2: who says the caller is, and does the provider believe it? No credential is ever printed. */
export async function auth(context: Context): Promise<Finding[]> {
  const findings = [...credentialFindings(context)];
  if (stops(findings)) return findings;
  findings.push(await clockFinding(context, (await outcomeOf(context)).layer === 'auth'));
  return stops(findings) ? findings : [...findings, ...(await answerFindings('auth', context))];
}

function* credentialFindings(context: Context): Generator<Finding> {
  const { headers, record, url } = context.subject;
  const scheme = schemeOf(context);
  if (scheme === undefined || scheme === 'none') {
    yield note('scheme', 'no credentials', 'right only for a public endpoint');
    return;
  }
  const value = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const damage = value === undefined ? undefined : damageOf(value);
  if (damage) {
    yield mismatch('scheme', damage, 'no provider accepts a header like that', 'look where it is built');
    return;
  }
  yield ok('scheme', value === undefined && record ? `${scheme} (as recorded)` : scheme);
  if (url.username) yield note('URL', 'credentials in the URL', 'they end up in logs; clients turn them into Basic');
  const jwt = value === undefined ? undefined : jwtOf(value);
  if (jwt !== undefined) yield jwtFinding(jwt, Date.now() / 1000);
  else if (record?.authExpired)
    yield mismatch('token dates', 'expired when the call was made', EXPIRED_MEANS, 'renew it before exp');
}

/** What is wrong with the text of an Authorization header, without quoting it. */
function damageOf(value: string): string | undefined {
  if (/[^\t\x20-\x7e]/.test(value)) return 'characters that are not printable ASCII (a line break from a file?)';
  const token = value.replace(/^\s*[\w-]+\s+/, '');
  if (/^(bearer|basic|token)\s/i.test(token)) return 'the scheme stands twice';
  if (/^(undefined|null|\[object Object\]|NaN|)$/.test(token.trim())) return `the credential reads '${token.trim()}'`;
  if (/^["'].*["']$/.test(token)) return 'the credential is in quotes';
  if (/^(\$\{?\w+\}?|<.+>|\{\{.+\}\})$/.test(token)) return 'the credential is a placeholder';
  if (/^bearer$/i.test(value.trim())) return 'a scheme without a credential';
  return undefined;
}

const EXPIRED_MEANS = 'the provider rejects it whatever else is right';

type Jwt = Readonly<Partial<Record<'alg' | 'exp' | 'nbf' | 'iat', unknown>>>;

function jwtOf(value: string): Jwt | undefined {
  const m = /^\s*bearer\s+([\w-]+)\.([\w-]+)\.[\w-]*\s*$/i.exec(value);
  if (m === null) return undefined;
  try {
    const part = (text: string): Record<string, unknown> => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const { alg } = part(m[1]!);
    const { exp, nbf, iat } = part(m[2]!);
    return { alg, exp, nbf, iat };
  } catch {
    return undefined;
  }
}

function jwtFinding(jwt: Jwt, now: number): Finding {
  const at = (s: number): string => new Date(s * 1000).toISOString().replace('.000', '');
  const valid = (n: unknown): n is number => typeof n === 'number' && Math.abs(n) < 8.64e12;
  const { alg, exp, nbf, iat } = jwt;
  const wrong = (seen: string, means: string, next: string): Finding => mismatch('token dates', seen, means, next);
  if (alg === 'none') return mismatch('token', 'an unsigned JWT (alg none)', 'no provider accepts it', 'sign it');
  if (valid(exp) && exp <= now)
    return wrong(
      `expired ${age(now - exp)} ago (exp ${at(exp)})`,
      EXPIRED_MEANS,
      'refresh it before exp, not after a 401',
    );
  if (valid(nbf) && nbf > now)
    return wrong(
      `not valid for another ${age(nbf - now)} (nbf ${at(nbf)})`,
      'this clock or the issuer’s is wrong, or the token was made for later',
      'compare the clocks',
    );
  if (valid(iat) && iat > now + LEEWAY_S)
    return wrong(
      `issued ${age(iat - now)} ahead (iat ${at(iat)})`,
      'this clock is behind the issuer’s',
      'set the clock (NTP)',
    );
  return valid(exp)
    ? ok('token dates', `valid for ${age(exp - now)} (exp ${at(exp)})`)
    : note('token dates', 'the JWT has no exp');
}

/** Own clock against the answer’s Date header (RFC 9110 §6.6.1), good to about a second. */
async function clockFinding(context: Context, rejected: boolean): Promise<Finding> {
  const run = await context.answer();
  const date = Date.parse(run.headers.find(([name]) => name === 'date')?.[1] ?? '');
  const recorded = context.subject.record?.clockOffset;
  if (Number.isNaN(date) && recorded === undefined) return unknown('clock', 'no Date header was seen');
  const took = Math.max(0, run.durationMs / 1000);
  // The record says how far the provider is ahead.
  const offset = Number.isNaN(date) ? -recorded! : (run.startMs - date) / 1000 + took / 2;
  const size = Math.abs(offset);
  const seen =
    size < 2 ? 'agrees with the provider’s' : `${age(size)} ${offset > 0 ? 'ahead of' : 'behind'} the provider’s`;
  if (size >= SIGNATURE_S || (rejected && size >= LEEWAY_S))
    return mismatch(
      'clock',
      seen,
      'signatures and short-lived tokens made here are not valid there',
      'set this host’s clock (NTP)',
    );
  return size >= LEEWAY_S ? note('clock', seen, 'near the limit of many token checks') : ok('clock', seen);
}
