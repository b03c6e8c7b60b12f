import { type Config, loadConfig } from '../../src/config.ts';
import { type AttributeName, LAYER } from '../../src/contract/index.ts';
import type { Evidence } from '../../src/extract/index.ts';
import { remembering } from '../../src/memo.ts';
import { providerName } from '../../src/providers/index.ts';
import { redactUrl } from '../../src/redact/index.ts';
import { templateOf } from '../../src/template.ts';
import type { Call, Outcome } from '../capture/types.ts';
import type { AttributeValue } from '../span/record.ts';
import { authOf } from './auth.ts';
import { clockOffset, looksAtClock } from './clock.ts';
import { addExchange } from './exchange.ts';
import { evidenceOfSuccess } from './success.ts';

export type CallAttributes = Partial<Record<AttributeName, AttributeValue>>;

/** RFC 9110 and RFC 5789 (semantic conventions, `http.request.method`); any other becomes `_OTHER`. */
const METHODS = new Set('GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY'.split(' '));
const CLASS = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'];

const statusClass = (status: number | undefined): string =>
  status === undefined ? 'none' : (CLASS[Math.floor(status / 100)] ?? '5xx');

/** Every attribute of a call but those that need other calls to be known (retries, repeated reads). Only inside `CallSink.end`. */
export function attributesOf(call: Call, outcome: Outcome, config: Config = environment()): CallAttributes {
  const nowMs = Date.now();
  const { method, host, status } = call;
  const path = call.proxied ? pathOf(call.path) : call.path;
  const urls = urlsOf(config);
  const a: CallAttributes = {
    'http.request.method': METHODS.has(method) ? method : '_OTHER',
    'url.full': urls.full(call.url()),
    'url.template': urls.template(path),
    'api.status.class': statusClass(status),
  };
  // a URL that could not be parsed has no host
  if (host !== '') {
    a['server.address'] = host;
    a['server.port'] = call.port;
    a['api.provider.name'] = providerName(
      host,
      config.providers,
      status === undefined ? undefined : () => call.responseHeaderNames(),
    );
  }
  if (!METHODS.has(method)) a['http.request.method_original'] = method.slice(0, 32);
  if (status !== undefined) {
    a['http.response.status_code'] = status;
    if (call.protocolVersion !== undefined) a['network.protocol.version'] = call.protocolVersion;
  }
  if (call.peerAddress !== undefined) a['network.peer.address'] = call.peerAddress;
  if (call.peerPort !== undefined) a['network.peer.port'] = call.peerPort;
  if (call.tlsNotAfter !== undefined) a['api.tls.not_after'] = call.tlsNotAfter;
  addTimings(a, call);

  const auth = authOf((name) => call.requestHeader(name), path, nowMs);
  a['api.auth.scheme'] = auth.scheme;
  if (auth.expired !== undefined) a['api.auth.expired'] = auth.expired;

  if (outcome.kind === 'cancelled') a['api.cancelled'] = true;
  if (outcome.kind === 'failed') {
    addFailure(a, call, outcome);
    addExchange(a, call, config);
  }
  const evidence = outcome.evidence ?? (status === undefined ? undefined : evidenceOfSuccess(call));
  if (evidence) addEvidence(a, evidence, config);
  if (status !== undefined && looksAtClock(outcome.layer === 'auth')) {
    const answered = nowMs - (performance.now() - call.headersMs);
    const offset = clockOffset(call.responseHeader('date'), answered - (call.timings.wait ?? 0), answered);
    if (offset !== undefined) a['api.clock.offset'] = offset;
  }
  return a;
}

/** Redaction and template are half the cost of a call's attributes, and most applications call few URLs most of the time. */
const REMEMBERED_URLS = 2048;
interface Urls {
  readonly full: (url: string) => string;
  readonly template: (path: string) => string;
}
const byConfig = new WeakMap<Config, Urls>();
function urlsOf(config: Config): Urls {
  let urls = byConfig.get(config);
  if (urls === undefined) {
    urls = {
      full: remembering((url) => redactUrl(url, config.redactQuery), REMEMBERED_URLS),
      template: remembering((path) => templateOf(path, config.urlTemplates), REMEMBERED_URLS),
    };
    byConfig.set(config, urls);
  }
  return urls;
}

let loaded: Config | undefined;
function environment(): Config {
  loaded ??= loadConfig(process.env).config;
  return loaded;
}

/** Path and query of an absolute-form target. */
function pathOf(target: string): string {
  const slash = target.indexOf('/', target.indexOf('//') + 2);
  return slash < 0 ? '/' : target.slice(slash);
}

function addTimings(a: CallAttributes, { timings }: Call): void {
  const { dns, tcp, tls, wait, body } = timings;
  if (dns !== undefined) a['api.timing.dns'] = dns / 1000;
  if (tcp !== undefined) a['api.timing.tcp'] = tcp / 1000;
  if (tls !== undefined) a['api.timing.tls'] = tls / 1000;
  if (wait !== undefined) a['api.timing.wait'] = wait / 1000;
  if (body !== undefined) a['api.timing.body'] = body / 1000;
}

function addFailure(a: CallAttributes, call: Call, outcome: Outcome): void {
  const layer = LAYER[outcome.layer ?? 'unknown'];
  const reason = outcome.reason ?? 'unknown';
  a['api.failure.layer'] = layer.name;
  if (layer.stage) a['api.failure.stage'] = layer.stage;
  a['api.failure.reason'] = reason;
  a['api.failure.owner'] = layer.owner;
  a['api.request.sent'] = outcome.sent;
  a['error.type'] = reason === 'http.error' && call.status !== undefined ? String(call.status) : reason;
}

function addEvidence(a: CallAttributes, evidence: Evidence, config: Config): void {
  const { code, subcode, message, requestId, retryAfter, rateLimit } = evidence;
  if (code !== undefined) a['api.provider.code'] = code;
  if (subcode !== undefined) a['api.provider.subcode'] = subcode;
  if (message !== undefined && config.providerMessages) a['api.provider.message'] = message;
  if (requestId !== undefined) a['api.provider.request_id'] = requestId;
  if (retryAfter !== undefined) a['api.retry.after'] = retryAfter;
  if (rateLimit?.limit !== undefined) a['api.rate_limit.limit'] = rateLimit.limit;
  if (rateLimit?.remaining !== undefined) a['api.rate_limit.remaining'] = rateLimit.remaining;
  if (rateLimit?.reset !== undefined) a['api.rate_limit.reset'] = rateLimit.reset;
}
