import { type Config, loadConfig } from '../../src/config.ts';
import { LAYER } from '../../src/contract/index.ts';
import type { Evidence } from '../../src/extract/index.ts';
import { remembering } from '../../src/memo.ts';
import { providerName } from '../../src/providers/index.ts';
import { redactUrl } from '../../src/redact/index.ts';
import { templateOf } from '../../src/template.ts';
import type { Call, Outcome } from '../capture/types.ts';
import { authOf } from './auth.ts';
import { clockOffset, looksAtClock } from './clock.ts';
import { addExchange } from './exchange.ts';
import type { AttributeList } from './list.ts';
import { evidenceOfSuccess } from './success.ts';

/** RFC 9110 and RFC 5789 (semantic conventions, `http.request.method`); any other becomes `_OTHER`. */
const METHODS = new Set('GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY'.split(' '));
const CLASS = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'];

const statusClass = (status: number | undefined): string =>
  status === undefined ? 'none' : (CLASS[Math.floor(status / 100)] ?? '5xx');

/**
 * Adds every attribute of a call but those that need other calls to be known (retries, repeated reads). Only inside `CallSink.end`.
 */
export function describe(a: AttributeList, call: Call, outcome: Outcome, config: Config = environment()): void {
  const nowMs = Date.now();
  const { method, host, status } = call;
  const path = call.proxied ? pathOf(call.path) : call.path;
  const urls = urlsOf(config);
  const isKnown = METHODS.has(method);
  a.set('http.request.method', isKnown ? method : '_OTHER');
  a.set('url.full', urls.full(call.url()));
  a.set('url.template', urls.template(path));
  a.set('api.status.class', statusClass(status));
  // a URL that could not be parsed has no host
  if (host !== '') {
    a.set('server.address', host);
    a.set('server.port', call.port);
    a.set(
      'api.provider.name',
      providerName(host, config.providers, status === undefined ? undefined : () => call.responseHeaderNames()),
    );
  }
  if (!isKnown) a.set('http.request.method_original', method.slice(0, 32));
  if (status !== undefined) {
    a.set('http.response.status_code', status);
    if (call.protocolVersion !== undefined) a.set('network.protocol.version', call.protocolVersion);
  }
  if (call.peerAddress !== undefined) a.set('network.peer.address', call.peerAddress);
  if (call.peerPort !== undefined) a.set('network.peer.port', call.peerPort);
  if (call.tlsNotAfter !== undefined) a.set('api.tls.not_after', call.tlsNotAfter);
  addTimings(a, call);

  const auth = authOf((name) => call.requestHeader(name), path, nowMs);
  a.set('api.auth.scheme', auth.scheme);
  if (auth.expired !== undefined) a.set('api.auth.expired', auth.expired);

  if (outcome.kind === 'cancelled') a.set('api.cancelled', true);
  if (outcome.kind === 'failed') {
    addFailure(a, call, outcome);
    addExchange(a, call, config);
  }
  const evidence = outcome.evidence ?? (status === undefined ? undefined : evidenceOfSuccess(call));
  if (evidence) addEvidence(a, evidence, config);
  if (status !== undefined && looksAtClock(outcome.layer === 'auth')) {
    const answered = nowMs - (performance.now() - call.headersMs);
    const offset = clockOffset(call.responseHeader('date'), answered - (call.timings.wait ?? 0), answered);
    if (offset !== undefined) a.set('api.clock.offset', offset);
  }
}

/** Redaction and template are half the cost of a call's attributes, and most applications call few URLs most of the time. */
const REMEMBERED_URLS = 2048;
interface Urls {
  readonly full: (url: string) => string;
  readonly template: (path: string) => string;
}
/** A process has one configuration. */
let remembered: (Urls & { readonly config: Config }) | undefined;
function urlsOf(config: Config): Urls {
  if (remembered?.config !== config)
    remembered = {
      config,
      full: remembering((url) => redactUrl(url, config.redactQuery), REMEMBERED_URLS),
      template: remembering((path) => templateOf(path, config.urlTemplates), REMEMBERED_URLS),
    };
  return remembered;
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

function addTimings(a: AttributeList, { timings }: Call): void {
  const { dns, tcp, tls, wait, body } = timings;
  if (dns !== undefined) a.set('api.timing.dns', dns / 1000);
  if (tcp !== undefined) a.set('api.timing.tcp', tcp / 1000);
  if (tls !== undefined) a.set('api.timing.tls', tls / 1000);
  if (wait !== undefined) a.set('api.timing.wait', wait / 1000);
  if (body !== undefined) a.set('api.timing.body', body / 1000);
}

function addFailure(a: AttributeList, call: Call, outcome: Outcome): void {
  const layer = LAYER[outcome.layer ?? 'unknown'];
  const reason = outcome.reason ?? 'unknown';
  a.set('api.failure.layer', layer.name);
  if (layer.stage) a.set('api.failure.stage', layer.stage);
  a.set('api.failure.reason', reason);
  a.set('api.failure.owner', layer.owner);
  a.set('api.request.sent', outcome.sent);
  a.set('error.type', reason === 'http.error' && call.status !== undefined ? String(call.status) : reason);
}

function addEvidence(a: AttributeList, evidence: Evidence, config: Config): void {
  const { code, subcode, message, requestId, retryAfter, rateLimit } = evidence;
  if (code !== undefined) a.set('api.provider.code', code);
  if (subcode !== undefined) a.set('api.provider.subcode', subcode);
  if (message !== undefined && config.providerMessages) a.set('api.provider.message', message);
  if (requestId !== undefined) a.set('api.provider.request_id', requestId);
  if (retryAfter !== undefined) a.set('api.retry.after', retryAfter);
  if (rateLimit?.limit !== undefined) a.set('api.rate_limit.limit', rateLimit.limit);
  if (rateLimit?.remaining !== undefined) a.set('api.rate_limit.remaining', rateLimit.remaining);
  if (rateLimit?.reset !== undefined) a.set('api.rate_limit.reset', rateLimit.reset);
}
