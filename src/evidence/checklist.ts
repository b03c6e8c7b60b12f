import { CHECK_ORDER, firstCheckOf, LAYER, type LayerName } from '../contract/index.ts';
import type { FailureRecord } from './record.ts';

export type CheckName = (typeof CHECK_ORDER)[number];
/** `fine`: the evidence clears it. `here`: the call failed at it. `open`: the evidence says nothing about it. */
export type Verdict = 'fine' | 'here' | 'open';

export interface Check {
  readonly name: CheckName | 'provider';
  readonly title: string;
  readonly verdict: Verdict;
  /** What the record shows. */
  readonly seen: string;
  /** What to do; only where the call failed. */
  readonly next?: string;
}

/** Which check of the steady order a layer’s failure belongs to; `service` failures are the provider’s own. */
function checkOf(layer: LayerName): Check['name'] | undefined {
  if (layer === 'unknown') return undefined;
  const others = layer === 'client' ? 'endpoint' : layer === 'service' ? 'provider' : 'transport';
  return CHECK_ORDER.find((name) => name === layer) ?? others;
}

const TITLE: Readonly<Record<Check['name'], string>> = {
  endpoint: 'Endpoint: URL, method, version',
  auth: 'Auth: credentials, scopes, clock',
  payload: 'Payload: body, fields, content type',
  transport: 'Transport: DNS, TCP, proxy, TLS, the answer itself',
  throttling: 'Throttling: Retry-After, quota, concurrency',
  provider: 'Provider: its own failure',
};

/** The checklist in its one order, filled from the evidence of one failure. */
export function checklistOf(r: FailureRecord): Check[] {
  const failing = checkOf(r.layer);
  const names: Check['name'][] = [...CHECK_ORDER, ...(failing === 'provider' ? (['provider'] as const) : [])];
  return names.map((name): Check => {
    if (name === failing) return { name, title: TITLE[name], verdict: 'here', seen: seen(r), next: nextStep(r) };
    const [verdict, text] = cleared(name, r);
    return { name, title: TITLE[name], verdict, seen: text };
  });
}

/** The provider looked into the request: it took it, or refused what it says. No other answer proves path, credentials or body. */
export const isJudged = ({
  status,
  layer = 'body',
}: {
  status?: number | undefined;
  layer?: LayerName | undefined;
}): boolean => status !== undefined && (layer === 'payload' || (status < 400 && layer === 'body'));

/** What an answer, or its absence, proves about the checks that did not fail. */
function cleared(name: Check['name'], r: FailureRecord): readonly [Verdict, string] {
  const answered = r.status !== undefined;
  const judged = isJudged(r);
  const from = r.peer ? ` from ${r.peer}` : '';
  const over = r.protocol ? ` over HTTP/${r.protocol}` : '';
  switch (name) {
    case 'transport':
      return answered ? ['fine', `a whole answer came back${from}${over}`] : ['open', 'no answer came back'];
    case 'endpoint':
      return judged
        ? ['fine', `${r.method} ${r.template ?? r.host} was understood (${r.status})`]
        : ['open', answered ? `${r.status} says nothing about path and method` : 'no answer came back'];
    case 'auth':
      if (r.authExpired) return ['here', 'the bearer token was past its own expiry when it was sent'];
      return judged ? ['fine', `the provider looked at the request, ${credentials(r)}`] : ['open', credentials(r)];
    case 'throttling':
      return r.rateLimit?.remaining === undefined
        ? ['open', answered ? 'the provider sent no quota headers' : 'no answer came back']
        : r.rateLimit.remaining > 0
          ? ['fine', `${r.rateLimit.remaining}${r.rateLimit.limit ? ` of ${r.rateLimit.limit}` : ''} calls were left`]
          : ['here', 'no calls were left in the window'];
    default:
      return ['open', 'not decided by this failure'];
  }
}

const credentials = ({ authScheme, sent }: FailureRecord): string => {
  if (sent === 'no') return 'the request never left';
  if (authScheme === undefined) return 'not decided by this failure';
  return authScheme === 'none' ? 'sent without credentials' : `sent with ${authScheme} credentials`;
};

/** Whether the connection was a kept one, in a few words. */
export const reuseText = ({ idle, carried }: FailureRecord): string | undefined =>
  idle === undefined
    ? undefined
    : `on a kept connection: ${carried ?? 'some'} ${carried === 1 ? 'call' : 'calls'} before, then idle for ${idle.toFixed(1)} s`;

const seconds = (n: number): string => `${n < 10 ? n.toFixed(1) : Math.round(n)} s`;

/** How a streamed answer went: when it began, its longest silence, what came of it, and what ended it. */
export function streamText({ stream, deadline }: FailureRecord): string | undefined {
  const { firstChunk, longestGap = 0, bytes } = stream ?? {};
  if (firstChunk === undefined) return undefined;
  const cut = deadline === undefined ? '' : `, cut by our own deadline of ${seconds(deadline)}`;
  const came = bytes === undefined ? '' : `, ${bytes.toLocaleString('en')} bytes came`;
  return `began after ${seconds(firstChunk)}, silent for ${seconds(longestGap)} at the longest${came}${cut}`;
}

/** How many parts of a batch failed. */
export const batchText = ({ batch }: FailureRecord): string | undefined =>
  batch?.failed === undefined
    ? undefined
    : `${batch.failed}${batch.total === undefined ? '' : ` of ${batch.total}`} parts of the batch failed`;

const seen = (r: FailureRecord): string =>
  [
    r.status === undefined ? `no status, ${r.reason ?? r.errorType ?? 'reason unknown'}` : `status ${r.status}`,
    r.status !== undefined && r.stage !== 'after_response' ? r.reason : undefined,
    r.error,
    r.detail,
    r.stream !== undefined || r.deadline === undefined ? undefined : `deadline ${r.deadline} s`,
    r.layer === 'body' ? streamText(r) : undefined,
    batchText(r),
    reuseText(r),
    r.proxyStatus === undefined ? undefined : `a proxy says ${r.proxyStatus}`,
    r.code ? `code ${r.code}${r.subcode ? ` / ${r.subcode}` : ''}` : undefined,
    r.retryAfter === undefined ? undefined : `Retry-After ${r.retryAfter} s`,
    r.sent === undefined || r.status !== undefined ? undefined : `request sent: ${r.sent}`,
    r.clockOffset !== undefined && Math.abs(r.clockOffset) >= 30
      ? `clock off by ${Math.round(r.clockOffset)} s`
      : undefined,
    r.authExpired ? 'bearer token expired' : undefined,
  ]
    .filter(Boolean)
    .join(', ');

/** The retry advice in a few words, and in a sentence. */
const ADVICE: Readonly<Record<string, readonly [words: string, sentence: string]>> = {
  retry: ['safe, with backoff', 'Repeating it is safe; back off with jitter.'],
  retry_after: ['later, with backoff', 'Repeat it later, with backoff.'],
  needs_idempotency_key: [
    'only with an idempotency key',
    'The request left this host: repeat it only with an idempotency key, or after looking whether it took effect.',
  ],
  fix_request: ['only after a change', 'Repeating it unchanged cannot help.'],
};

/** The retry advice in a few words. */
export function retryText({ retryAfter, retryAdvice }: FailureRecord): string | undefined {
  if (retryAfter !== undefined && retryAdvice === 'retry_after') return `after ${retryAfter} s`;
  return retryAdvice === undefined ? undefined : (ADVICE[retryAdvice]?.[0] ?? retryAdvice);
}

/** The contract’s one line for `auth`, by status. */
const AUTH_CHECK: Readonly<Record<number, string>> = {
  407: 'the proxy’s credentials: who answered 407 wants Proxy-Authorization',
  401: 'the credentials: right environment and account, not expired, not rotated',
  403: 'scopes and roles: the caller is known, but not allowed to do this',
};

function authCheck({ authExpired, clockOffset, authScheme, droppedBy, status }: FailureRecord): string {
  if (authExpired) return 'renew the token: its own exp had passed';
  if (clockOffset !== undefined && Math.abs(clockOffset) >= 30)
    return 'set this host’s clock (NTP): signatures and tokens are judged by it';
  if (status === 401 && authScheme === 'none')
    return droppedBy === undefined
      ? 'no credential was sent: the credentials’ header is missing'
      : `no credential was sent; the redirect from ${droppedBy} dropped it: call the new host with the credential it wants`;
  return AUTH_CHECK[status ?? 0] ?? LAYER.auth.firstCheck;
}

/** Answers at `payload` that say nothing of the body (RFC 9110 §15.5.3, RFC 4918 §11.4). */
const PAYLOAD_CHECK: Readonly<Record<number, string>> = {
  402: 'billing of the account: plan, payment method, balance; the request itself may be right',
  424: 'what the request depends on: another request of its batch, or a service the provider calls; its code says which',
};

/** Servers that speak TLS close a connection on which they meet plain HTTP, most of them without a word. */
const isMuteTls = ({ status, url, reason = '' }: FailureRecord): boolean =>
  status === undefined && /^http\.(request|response)\.(closed|reset)$/.test(reason) && /^http:\/\/[^/]*443\//.test(url);

function nextStep(r: FailureRecord): string {
  const byStatus = r.layer === 'payload' && r.reason === 'http.error' ? PAYLOAD_CHECK[r.status ?? 0] : undefined;
  const first = r.layer === 'auth' ? authCheck(r) : (byStatus ?? firstCheckOf(r.layer, r.reason, r.error));
  const scheme = isMuteTls(r) ? '; by its number the port may speak TLS: call it by https://' : '';
  const waited = r.retryAdvice === 'retry_after' && r.retryAfter !== undefined;
  const advice = waited ? `Repeat it after ${r.retryAfter} s, as the provider asks.` : ADVICE[r.retryAdvice ?? '']?.[1];
  return [`First check: ${first}${scheme}.`, advice].filter(Boolean).join(' ');
}

/** Whose turn it is, by `api.failure.owner`. */
export const TURN: Readonly<Record<FailureRecord['owner'], string>> = {
  caller: "this service's team",
  network: 'whoever runs the network between service and provider',
  provider: 'the provider',
  load: "this service's team, to call less often",
};

/** The page in one sentence: what failed, whose turn it is, the first check. */
export function sentenceOf(r: FailureRecord): string {
  const call = `${r.method} ${r.template ?? r.host}`;
  const code = r.code ?? (r.status === undefined || r.status < 400 ? (r.reason ?? 'unknown') : undefined);
  const stream = r.layer === 'body' ? streamText(r) : undefined;
  const inside = r.code !== undefined && r.status !== undefined && r.status < 400;
  const what =
    r.status === undefined
      ? `${call} got no answer from ${r.provider} (${code})`
      : `${r.provider} answered ${r.status}${inside ? `, with ${code} inside,` : code ? ` ${code}` : ''} to ${call}${stream ? `: ${stream}` : ''}`;
  const check =
    checklistOf(r).find(({ verdict }) => verdict === 'here')?.next ?? `First check: ${LAYER[r.layer].firstCheck}.`;
  return `${what}. Turn of: ${TURN[r.owner]}. ${check}`;
}
