import { firstCheckOf, REASONS, type Reason } from '../../src/contract/index.ts';
import { isJudged } from '../../src/evidence/checklist.ts';
import { age } from '../paint.ts';
import { type Context, type Finding, mismatch, ok, type StepName, unknown } from './base.ts';

/** The steps that an HTTP answer can fail, by the name of the failure's layer. */
type Step = Exclude<StepName, 'transport'>;

/** What an answer said: the one that came now for the very request, else the kept failure's. */
export async function outcomeOf({ answer, genuine, subject: { record } }: Context) {
  const run = await answer();
  const now = genuine && run.status !== undefined;
  const from = now ? { ...run.evidence, status: run.status, layer: run.layer, reason: run.reason } : record;
  const { status, layer, reason, code, message, retryAfter, requestId } = from ?? {};
  return {
    ...{ status, layer, reason, code, message, retryAfter, requestId },
    /** It came just now, for the very request. */
    now,
    /** Status, and whether it is the recorded one. */
    said: `${status}${now ? '' : ' (as recorded)'}`,
    judged: isJudged({ status, layer }),
    header: (name: string) => (now ? run.headers.find(([n]) => n === name)?.[1] : undefined),
  };
}
type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

/** What an answer that the provider judged proves for a step, and what any other leaves open. */
const CLEARED: Readonly<Partial<Record<Step, readonly [proves: string, about: string]>>> = {
  endpoint: ['the path and method exist', 'path and method'],
  auth: ['the credentials were not what it objected to', 'the credentials'],
  payload: ['the body was not what it objected to', 'the body'],
  throttling: ['not throttled', 'it'],
};

type Advice = readonly [means: string, next: string];
const FIELD = 'compare the named field with the provider’s reference';
const SIGN_IN: Advice = ['a proxy or captive portal on the way wants credentials', 'sign in there; see the proxy step'];
const METHOD: Advice = ['the path exists, this method does not', 'use a method that Allow or the reference names'];

/** What single statuses mean at a step; the step's general advice is in `adviceOf`. */
const BY_STATUS: Readonly<Partial<Record<Step, Readonly<Record<number, Advice>>>>> = {
  endpoint: {
    405: METHOD,
    410: ['it was there and is gone for good', 'look for a newer version in the provider’s changelog'],
    421: ['this server is not responsible for the host', 'look at DNS and at connection reuse between hosts'],
    501: METHOD,
  },
  auth: {
    403: ['known, but not allowed to do this', 'compare scopes, roles, plan, IP allow-lists; no new token helps'],
    407: SIGN_IN,
    511: SIGN_IN,
  },
  payload: {
    402: ['a payment or a plan limit, not the form of the request', 'look at the account’s plan and balance'],
    406: ['the provider cannot answer in the form Accept asks for', 'set Accept to what the reference names'],
    409: ['the state there does not allow it: a duplicate, or a newer version', 'read the state before writing again'],
    411: ['the provider wants a Content-Length; the client sends chunks', 'send a string or buffer, not a stream'],
    412: ['If-Match or another precondition does not hold any more', 'read the state before writing again'],
    413: ['the body is larger than the provider takes', 'send less at a time'],
    414: ['the URL is longer than the provider takes', 'send long values in a body'],
    415: ['the provider does not read this Content-Type', 'set Content-Type to what the reference names'],
    422: ['well-formed, but a value is not acceptable', FIELD],
    428: ['the provider wants If-Match, so that updates are not lost', 'send If-Match with the ETag just read'],
    431: ['the headers are larger than the provider takes', 'look for a cookie or token that grew'],
  },
};

/** Headers that say who answered in the provider’s name: its own server, a CDN or a gateway. */
const ANSWERED_BY = ['server', 'via', 'cf-ray', 'x-cache'];

/** What the one answer says to a step: its failure, a proof that the step is in order, or nothing. Empty where there is no answer. */
export async function answerFindings(step: Step, context: Context): Promise<Finding[]> {
  const outcome = await outcomeOf(context);
  const { status, layer, said, judged, code, message, retryAfter, requestId, header } = outcome;
  if (status === undefined) return [];
  if (layer !== step) {
    const [proves, about] = CLEARED[step] ?? [];
    if (proves === undefined) return [];
    return [judged ? ok('answer', `${said}: ${proves}`) : unknown('answer', `${said}: says nothing about ${about}`)];
  }
  const { method, url } = context.subject;
  const challenge = /error="?([\w-]{1,64})/.exec(header('www-authenticate') ?? '')?.[1];
  const seen = [
    step === 'endpoint' ? `${said} to ${method} ${url.pathname}` : said,
    [code, message].filter(Boolean).join(': '),
    retryAfter !== undefined ? `Retry-After ${age(retryAfter)}` : step === 'throttling' && 'no Retry-After',
    header('allow') && `Allow: ${header('allow')}`,
    challenge && `WWW-Authenticate error=${challenge}`,
    requestId && `request ID ${requestId}`,
    ...ANSWERED_BY.map((name) => step === 'service' && header(name) && `${name}: ${header(name)}`),
  ];
  const [means, next] = BY_STATUS[step]?.[status] ?? adviceOf(step, context, outcome);
  return [mismatch('answer', seen.filter(Boolean).join(', '), means, next)];
}

function adviceOf(step: Step, context: Context, { reason, header, retryAfter, requestId }: Outcome): Advice {
  const wait = retryAfter === undefined ? undefined : age(retryAfter);
  switch (step) {
    case 'endpoint':
      return [pathMeaning(context.subject.url), 'compare path, version, region and host with the provider’s reference'];
    case 'auth':
      return ['the provider does not accept these credentials', credentialAdvice(context, header('www-authenticate'))];
    case 'payload':
      return ['the provider read the request and refuses what it says', FIELD];
    case 'throttling':
      // no credit, a spent quota, an overloaded provider: another call rate helps none of them
      if (reason !== undefined && reason !== 'http.error')
        return [REASONS[reason as Reason]?.meaning ?? reason, firstCheckOf(step, reason)];
      return [
        'the load, not the request, is refused',
        `${wait ? `wait ${wait} before the next try` : 'back off exponentially with jitter'}; lower the concurrency`,
      ];
    case 'service':
      return [
        'the provider, or a gateway before it, failed. It says nothing about path, credentials or body',
        `look at its status page; send the ${requestId ? 'request ID and ' : ''}time to its support${wait ? `; it asks to wait ${wait}` : ''}`,
      ];
  }
}

const pathMeaning = ({ pathname }: URL): string =>
  [
    'nothing is there for this path, or these credentials may not know that it exists',
    /\/v\d+(\/|$)/.test(pathname) ? undefined : 'the path has no version prefix (/v1/ …)',
    pathname.length > 1 && pathname.endsWith('/') ? 'it ends in a slash, which many servers tell apart' : undefined,
  ]
    .filter(Boolean)
    .join('; ');

function credentialAdvice(context: Context, challenge = ''): string {
  const wanted = /^\s*([\w-]{1,32})/.exec(challenge)?.[1];
  const has = schemeOf(context);
  if (has === undefined) return `send credentials${wanted ? ` (it asks for ${wanted})` : ''}`;
  if (wanted && wanted.toLowerCase() !== has) return `it asks for ${wanted}, the call uses ${has}`;
  return 'check that the token is for this environment (test or live) and account, and was not rotated';
}

/** The scheme of the call's credentials, such as `bearer`; undefined where it has none. */
export function schemeOf({ subject: { headers, record } }: Context): string | undefined {
  const header = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  if (header !== undefined) return /^\s*([\w-]+)\s/.exec(header)?.[1]?.toLowerCase() ?? 'without a scheme';
  if (headers.some(([name]) => /^(x-)?(api|goog-api|functions)-?key$/i.test(name))) return 'api-key';
  return record?.authScheme;
}
