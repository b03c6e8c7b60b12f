import type { Variable } from '../../../dashboards/lib/promql.ts';
import { type AttributeName, LAYER, type LayerName, type Reason } from '../../../src/contract/index.ts';
import { type CallSpan, hex } from './span.ts';

const MINUTE = 60_000;

export interface Failure {
  readonly layer: LayerName;
  readonly reason: Reason;
  readonly status?: number;
  readonly code?: string;
  readonly retryAfter?: number;
  readonly seconds?: number;
}

/** One service calling one provider: traffic, how long it takes, and what goes wrong when. */
interface Flow {
  readonly service: string;
  readonly provider: string;
  readonly host: string;
  readonly method: string;
  readonly template: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** Minutes before the end at which it goes wrong, and for which share of the calls. */
  readonly troubles: readonly { from: number; to: number; share: number; failure: Failure }[];
  readonly limited?: { from: number; to: number };
}

const TOKEN: Failure = { layer: 'auth', reason: 'http.error', status: 401, code: 'api_key_expired', seconds: 0.045 };
const FULL: Failure = {
  layer: 'throttling',
  reason: 'http.error',
  status: 429,
  code: 'rate_limit_exceeded',
  retryAfter: 20,
  seconds: 0.03,
};
const NAMELESS: Failure = { layer: 'dns', reason: 'dns.name_not_resolved', seconds: 0.012 };
const DOWN: Failure = { layer: 'service', reason: 'http.error', status: 503, seconds: 0.9 };
const SILENT: Failure = { layer: 'wait', reason: 'http.response.timed_out', seconds: 5 };
const CUT: Failure = { layer: 'body', reason: 'http.response.truncated', status: 200, seconds: 0.4 };
const DECLINED: Failure = { layer: 'payload', reason: 'http.error', status: 402, code: 'card_declined', seconds: 0.2 };

const flow = (
  path: readonly [service: string, provider: string, host: string, method: string, template: string],
  perSecond: number,
  seconds: number,
  troubles: Flow['troubles'] = [],
  limited?: Flow['limited'],
): Flow => {
  const [service, provider, host, method, template] = path;
  return { service, provider, host, method, template, perSecond, seconds, troubles, ...(limited ? { limited } : {}) };
};

export const DEPLOY_MINUTES_AGO = 24;
export const STORY_MINUTES = 66;

/** An hour of a small shop. */
export const FLOWS: readonly Flow[] = [
  flow(['checkout', 'stripe', 'api.stripe.com', 'POST', '/v1/payment_intents'], 2.4, 0.24, [
    { from: STORY_MINUTES, to: 0, share: 0.008, failure: DECLINED },
    { from: DEPLOY_MINUTES_AGO, to: 0, share: 0.86, failure: TOKEN },
  ]),
  flow(['checkout', 'stripe', 'api.stripe.com', 'GET', '/v1/customers/{id}'], 1.2, 0.11, [
    { from: DEPLOY_MINUTES_AGO, to: 0, share: 0.86, failure: TOKEN },
  ]),
  flow(['invoices', 'stripe', 'api.stripe.com', 'GET', '/v1/invoices'], 1.6, 0.17, [
    { from: STORY_MINUTES, to: 0, share: 0.004, failure: DECLINED },
  ]),
  flow(['invoices', 'aws', 'bills.s3.eu-central-1.amazonaws.com', 'PUT', '/{id}'], 1, 0.06, [
    { from: STORY_MINUTES, to: 0, share: 0.003, failure: CUT },
  ]),
  flow(
    ['search', 'openai', 'api.openai.com', 'POST', '/v1/embeddings'],
    2,
    0.42,
    [{ from: 14, to: 0, share: 0.31, failure: FULL }],
    { from: 20, to: 0 },
  ),
  flow(['invoices', 'openai', 'api.openai.com', 'POST', '/v1/chat/completions'], 0.7, 0.9, [], { from: 20, to: 0 }),
  flow(['search', 'github', 'api.github.com', 'GET', '/repos/{owner}/{repo}/issues'], 1.2, 0.19, [
    { from: 50, to: 43, share: 0.55, failure: DOWN },
    { from: 50, to: 43, share: 0.2, failure: SILENT },
  ]),
  flow(['notify', 'github', 'api.github.com', 'POST', '/repos/{owner}/{repo}/statuses/{sha}'], 0.8, 0.21, [
    { from: 50, to: 43, share: 0.6, failure: DOWN },
  ]),
  flow(['notify', 'partner.example', 'hooks.partner.example', 'POST', '/hooks/{id}'], 0.6, 0.09, [
    { from: 8, to: 0, share: 0.97, failure: NAMELESS },
  ]),
];

const choose = (service_name: string, provider: string, layer = '$__all', code = '$__all') => ({
  service_name,
  provider,
  layer,
  code,
});

export interface Scene {
  /** What has to happen to a service for these panels to have something to say. */
  readonly when: string;
  readonly minutesAgo: number;
  readonly choice: Record<Variable, string>;
  /** `dashboard / title` of the panels that exist for it. */
  readonly panels: readonly string[];
}

/** Where each scene is looked at: the moment (minutes before the end), what is chosen, and the panels that must have data. */
export const SCENES = {
  healthy: {
    when: 'calls that succeed',
    minutesAgo: 0,
    choice: choose('invoices', 'stripe'),
    panels: [
      'overview / Failing calls',
      'overview / Calls per second',
      'overview / Calls per second by service',
      'provider / Failing calls',
      'provider / Endpoints',
      'provider / Duration',
      'provider / p95 of each phase',
      'provider / Calls in flight',
      'provider / Oldest call in flight',
      'provider / Certificates end in',
      'failure / p95 of each phase',
      'pipeline / Collectors',
      'pipeline / Refused per second',
      'pipeline / Own faults in this time range',
      'pipeline / Event loop delay, p99',
      'pipeline / What becomes of the spans',
      'pipeline / OTLP requests by answer',
      'pipeline / Values past a label’s budget',
      'pipeline / Bodies sent on',
      'pipeline / Services that report',
    ],
  },
  deploy_breaks_token: {
    when: 'a deploy after which one provider answers 401',
    minutesAgo: 0,
    choice: choose('checkout', 'stripe', 'auth', 'api_key_expired'),
    panels: [
      'overview / What fails most',
      'overview / Failing now, worst first',
      'overview / Failing calls by who is asked first',
      'overview / Failures per second by layer',
      'provider / Failures per second by layer and code',
      'provider / Failing now, worst first',
      'failure / What fails',
      'failure / Ask first',
      'failure / Share of calls now',
      'failure / Since',
      'failure / What it is and what to check first',
      'failure / Failures per second by layer and code',
      'failure / Duration, failed and not',
      'failure / Newest failures with their request IDs',
      'failure / Calls that fail',
      'failure / Failing traces',
    ],
  },
  deploy: {
    when: 'a deploy, and failures before and after it',
    minutesAgo: 0,
    choice: choose('checkout', 'stripe'),
    panels: ['overview / What changed with the last deploy'],
  },
  rate_limited: {
    when: 'a provider answers 429 with Retry-After and a shrinking budget',
    minutesAgo: 0,
    choice: choose('search', 'openai', 'throttling', 'rate_limit_exceeded'),
    panels: [
      'provider / Rate limit left',
      'provider / Rate limit left by service',
      'provider / Calls cancelled by the caller',
      'provider / Retry-After',
      'provider / Reads that could be cached',
    ],
  },
  dns_failure: {
    when: 'a name that no longer resolves',
    minutesAgo: 0,
    choice: choose('notify', 'partner.example', 'dns', ''),
    panels: ['failure / Where calls end'],
  },
  outage: {
    when: 'a provider answers 503 or not at all, to several services',
    minutesAgo: 44,
    choice: choose('$__all', 'github', 'service', ''),
    panels: [
      'overview / Services × providers failing',
      'provider / Callers failing',
      'provider / Share of failing calls by service',
      'failure / Share of failing calls by service',
    ],
  },
  retries: {
    when: 'failed calls are made again, some of them wrongly',
    minutesAgo: 0,
    choice: choose('search', 'openai'),
    panels: [
      'provider / First chunk of streamed answers',
      'provider / Longest silence of streamed answers',
      'failure / Retries by kind',
    ],
  },
} as const satisfies Record<string, Scene>;

export const versionOf = (service: string, minutesAgo: number): string =>
  service === 'checkout' ? (minutesAgo > DEPLOY_MINUTES_AGO ? '2.4.0' : '2.5.0') : '1.8.3';

/** The calls of one flow in one step of the story. */
export function callsOf(
  f: Flow,
  startMs: number,
  minutesAgo: number,
  stepSeconds: number,
  random: () => number,
): CallSpan[] {
  const expected = f.perSecond * stepSeconds * (0.85 + 0.3 * random());
  const count = Math.floor(expected + random());
  return Array.from({ length: count }, () => {
    const at = startMs + random() * stepSeconds * 1000;
    const trouble = f.troubles.find((t) => minutesAgo <= t.from && minutesAgo > t.to && random() < t.share);
    return oneCall(f, at, minutesAgo, trouble?.failure, random);
  });
}

function oneCall(
  f: Flow,
  startMs: number,
  minutesAgo: number,
  failure: Failure | undefined,
  random: () => number,
): CallSpan {
  const spread = Math.exp((random() + random() + random() - 1.5) * 0.9);
  const seconds = (failure?.seconds ?? f.seconds) * spread;
  const fresh = random() < 0.15 || failure?.layer === 'dns';
  const attributes: Partial<Record<AttributeName, string | number | boolean>> = {
    'http.request.method': f.method,
    'server.address': f.host,
    'server.port': 443,
    'url.template': f.template,
    'api.provider.name': f.provider,
    'api.status.class':
      failure === undefined ? '2xx' : failure.status ? `${Math.floor(failure.status / 100)}xx` : 'none',
    'api.timing.wait': seconds * 0.8,
    'api.timing.body': seconds * 0.1,
  };
  if (fresh)
    Object.assign(attributes, {
      'api.timing.dns': 0.004 * spread,
      'api.timing.tcp': 0.011 * spread,
      'api.timing.tls': 0.019 * spread,
      'api.tls.not_after': certificateEnd(f.host, startMs),
    });
  if (failure?.layer === 'dns') Object.assign(attributes, { 'api.timing.dns': seconds });
  const status = failure === undefined ? 200 : failure.status;
  if (status !== undefined) attributes['http.response.status_code'] = status;
  if (f.limited && minutesAgo <= f.limited.from) {
    const left = failure?.layer === 'throttling' ? 0 : Math.round(200 * Math.max(0.02, (minutesAgo - 12) / 8));
    Object.assign(attributes, {
      'api.rate_limit.limit': 200,
      'api.rate_limit.remaining': left,
      'api.rate_limit.reset': 12,
    });
    if (random() < 0.2) attributes['api.request.repeated'] = true;
  }
  if (failure) Object.assign(attributes, failureAttributes(failure, random));
  // Answers of models are streamed, and people do not always wait for the end.
  if (f.provider === 'openai' && failure === undefined) {
    attributes['api.stream.first_chunk'] = seconds * 0.3;
    attributes['api.stream.longest_gap'] = seconds * 0.1;
    if (random() < 0.1) attributes['api.cancelled'] = true;
  }
  if (failure?.layer === 'throttling' && random() < 0.6)
    Object.assign(attributes, {
      'http.request.resend_count': 1,
      'api.retry.kind': random() < 0.55 ? 'early' : random() < 0.7 ? 'safe' : 'unsafe',
    });
  if (failure === TOKEN && random() < 0.3)
    Object.assign(attributes, { 'http.request.resend_count': 1, 'api.retry.kind': 'pointless' });
  return { startMs, seconds, attributes };
}

const certificateEnd = (host: string, nowMs: number): number =>
  Math.round(nowMs / 1000) + (host.endsWith('github.com') ? 11.5 : 64) * 86_400;

function failureAttributes(f: Failure, random: () => number): Partial<Record<AttributeName, string | number>> {
  const { stage, owner } = LAYER[f.layer];
  return {
    'api.failure.layer': f.layer,
    ...(stage ? { 'api.failure.stage': stage } : {}),
    'api.failure.owner': owner,
    'api.failure.reason': f.reason,
    'api.request.sent': stage === 'before_send' ? 'no' : 'yes',
    'api.retry.advice': f.layer === 'throttling' ? 'retry_after' : owner === 'caller' ? 'fix_request' : 'retry',
    'error.type': f.status === undefined ? f.reason : String(f.status),
    ...(f.code ? { 'api.provider.code': f.code } : {}),
    ...(f.retryAfter ? { 'api.retry.after': f.retryAfter * (0.5 + random()) } : {}),
    ...(f.status && f.status >= 400 ? { 'api.provider.request_id': `req_${hex(random, 8)}` } : {}),
  };
}

export const minutes = (n: number): number => n * MINUTE;

const EVERYTHING = { service_name: '$__all', provider: '$__all', layer: '$__all', code: '$__all' };
/** What is chosen in the picture of each dashboard, by uid. */
export const PICTURES: Readonly<Record<string, Record<Variable, string>>> = {
  'faultlayer-overview': EVERYTHING,
  'faultlayer-provider': { ...EVERYTHING, provider: 'openai' },
  'faultlayer-failure': SCENES.deploy_breaks_token.choice,
  'faultlayer-pipeline': EVERYTHING,
};
