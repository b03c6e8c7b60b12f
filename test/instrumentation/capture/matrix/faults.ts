import type { LayerName, Reason } from '../../../../src/contract/index.ts';
import type { Ports } from './servers.ts';

/** Which of undici's own methods; all of them make the same requests. */
export type UndiciMethod = 'undici' | 'undici.stream' | 'undici.pipeline';
type Family = 'fetch' | 'undici' | 'http';
export type ClientName = 'fetch' | 'http' | UndiciMethod;
/** Whose faults a client has. */
export const familyOf = (client: ClientName): Family => client.split('.')[0] as Family;

/** What the child does; plain data, because it runs in another process on another Node. */
export interface Scenario {
  readonly name: string;
  /** `{port name}` stands for the port. */
  readonly url: string;
  readonly method?: string;
  /** Bytes of an upload, or a stream that breaks. */
  readonly body?: number | 'breaks';
  readonly headers?: Record<string, string>;
  /** Abort and deadline come once the server has the request, not by the clock. */
  readonly inFlight?: boolean;
  /** `AbortSignal.timeout` after ms. */
  readonly deadline?: number;
  /** `AbortController.abort` after ms; 0 means before the call. */
  readonly abort?: number;
  /** A library's own timeout: a timer of so many ms that aborts, set with the call, or so much later by somebody else. */
  readonly timer?: number;
  readonly later?: number;
  /** The abort's own reason. */
  readonly abortReason?: 'error' | 'text';
  readonly lookup?: 'never' | 'again' | 'refused twice' | 'one slow, one dead';
  readonly tls?: Record<string, string>;
  /** The client's own timeouts in ms: undici's headersTimeout, bodyTimeout, connect.timeout; http's `timeout`, then destroy. */
  readonly timeout?: number;
  readonly proxy?: string;
  readonly http2?: boolean;
  readonly read?: 'never';
  /** Once more on the same connection pool first. */
  readonly pool?: 'full' | 'closed';
}

export interface Expectation {
  readonly kind?: 'ok' | 'cancelled';
  readonly layer?: LayerName;
  readonly reason?: Reason;
  readonly sent: string;
  readonly code?: string;
}

export interface Fault extends Scenario {
  readonly clients?: readonly Family[];
  readonly expect: Expectation;
  /** Where one client truly differs, and why. */
  readonly but?: Partial<Record<ClientName, Expectation & { why: string }>>;
  /** How many calls the application makes; 1 unless redirects are followed. */
  readonly calls?: Partial<Record<Family, number>>;
  /** What `api.failure.detail` says. */
  readonly detail?: RegExp;
  /** The kernel decides which of two system calls sees a reset first. */
  readonly racy?: boolean;
}

const failed = (layer: LayerName, reason: Reason, sent: string, code?: string): Expectation => ({
  layer,
  reason,
  sent,
  ...(code !== undefined && { code }),
});
const ok = (sent = 'yes'): Expectation => ({ kind: 'ok', sent });
const cancelled = (sent: string): Expectation => ({ kind: 'cancelled', sent });
const plain = (path: string) => `http://127.0.0.1:{plain}/${path}`;
const D = 1000;
const A = 500;
const own: readonly Family[] = ['undici', 'http'];
const answered = (path: string, layer: LayerName, reason: Reason = 'http.error'): Fault => ({
  name: path,
  url: plain(path),
  expect: failed(layer, reason, 'yes', 'card_declined'),
});

/** undici reads the end of the stream before the alert and never raises it. */
const HIDDEN_ALERT = {
  ...failed('wait', 'http.response.closed', 'yes'),
  why: 'undici hides an alert that comes after the handshake (TLS 1.3)',
};

export const FAULTS: readonly Fault[] = [
  { name: 'ok', url: plain('ok'), expect: ok() },
  { name: 'ok over TLS', url: 'https://localhost:{tls}/ok', expect: ok() },
  { name: 'early hints', url: plain('hints'), expect: ok() },
  answered('e401', 'auth'),
  answered('e404', 'endpoint'),
  answered('e422', 'payload'),
  answered('e429', 'throttling'),
  answered('e500', 'service'),
  answered('e501', 'endpoint'),
  answered('e503gzip', 'service'),
  answered('e503cut', 'service'),
  answered('e529', 'throttling', 'http.overloaded'),
  {
    name: 'unread small error',
    url: plain('e500'),
    read: 'never',
    expect: failed('service', 'http.error', 'yes', 'card_declined'),
  },
  {
    name: 'unread large error',
    url: plain('big'),
    read: 'never',
    expect: failed('service', 'http.error', 'yes', 'big_err'),
  },
  { name: 'unread ok', url: plain('ok'), read: 'never', expect: ok() },

  {
    name: 'bad port',
    url: 'http://127.0.0.1:6666/',
    clients: ['fetch'],
    expect: failed('client', 'client.port_blocked', 'no'),
  },
  {
    name: 'bad scheme',
    url: 'ftp://127.0.0.1/',
    clients: ['fetch', 'http'],
    expect: failed('client', 'client.invalid_url', 'no'),
  },
  {
    name: 'bad URL',
    url: 'http://[::',
    clients: ['fetch', 'http'],
    expect: failed('client', 'client.invalid_url', 'no'),
  },
  {
    name: 'bad header',
    url: plain('ok'),
    headers: { 'x-bad': 'a\u0001b' },
    clients: ['fetch', 'http'],
    expect: failed('client', 'client.invalid_argument', 'no'),
  },
  {
    name: 'bad method',
    url: plain('ok'),
    method: 'GE T',
    clients: ['fetch', 'http'],
    expect: failed('client', 'client.invalid_argument', 'no'),
  },
  { name: 'already aborted', url: plain('ok'), abort: 0, expect: cancelled('no') },

  { name: 'no such name', url: 'http://nx.invalid/', expect: failed('dns', 'dns.name_not_resolved', 'no') },
  {
    name: 'resolver fails',
    url: 'http://again.invalid/',
    lookup: 'again',
    clients: own,
    expect: failed('dns', 'dns.failed', 'no'),
  },
  {
    name: 'deadline in lookup',
    url: 'http://slow.invalid/',
    lookup: 'never',
    deadline: D,
    clients: ['http'],
    expect: failed('dns', 'dns.timed_out', 'no'),
  },
  {
    name: 'client timeout in lookup',
    url: 'http://slow.invalid/',
    lookup: 'never',
    timeout: D,
    clients: own,
    expect: failed('dns', 'dns.timed_out', 'no'),
  },
  { name: 'refused', url: 'http://127.0.0.1:{refused}/', expect: failed('tcp', 'tcp.refused', 'no') },
  {
    name: 'refused on every address',
    url: 'http://two.invalid:{refused}/',
    lookup: 'refused twice',
    clients: own,
    expect: failed('tcp', 'tcp.refused', 'no'),
  },
  {
    // after 250 ms Node goes on to the other family, where nobody answers (--network-family-autoselection-attempt-timeout)
    name: 'a slow IPv4 beside a dead IPv6',
    url: 'http://two.invalid:{blackhole}/',
    lookup: 'one slow, one dead',
    clients: own,
    expect: failed('tcp', 'tcp.timed_out', 'no'),
    detail: /^ETIMEDOUT 127\.0\.0\.1 port \d+, E\w+ ::1 port \d+$/,
  },
  {
    name: 'connect timeout',
    url: 'http://127.0.0.1:{blackhole}/',
    timeout: D,
    clients: own,
    expect: failed('tcp', 'tcp.timed_out', 'no'),
  },
  {
    name: 'deadline in connect',
    url: 'http://127.0.0.1:{blackhole}/',
    deadline: D,
    clients: ['fetch', 'http'],
    expect: failed('tcp', 'tcp.timed_out', 'no'),
  },
  {
    name: 'abort in connect',
    url: 'http://127.0.0.1:{blackhole}/',
    abort: A,
    clients: ['fetch', 'http'],
    expect: cancelled('no'),
  },

  {
    name: 'certificate expired',
    url: 'https://localhost:{expired}/ok',
    expect: failed('tls', 'tls.cert.date_invalid', 'no'),
  },
  {
    name: 'certificate not yet valid',
    url: 'https://localhost:{early}/ok',
    expect: failed('tls', 'tls.cert.date_invalid', 'no'),
  },
  {
    name: 'certificate self-signed',
    url: 'https://localhost:{selfsigned}/ok',
    expect: failed('tls', 'tls.cert.authority_invalid', 'no'),
  },
  {
    name: 'certificate of unknown authority',
    url: 'https://localhost:{unknownca}/ok',
    expect: failed('tls', 'tls.cert.authority_invalid', 'no'),
  },
  {
    name: 'certificate for another name',
    url: 'https://localhost:{altname}/ok',
    expect: failed('tls', 'tls.cert.name_invalid', 'no'),
  },
  {
    name: 'no common TLS version',
    url: 'https://localhost:{tls13}/ok',
    tls: { maxVersion: 'TLSv1.2' },
    clients: own,
    expect: failed('tls', 'tls.version_or_cipher_mismatch', 'no'),
  },
  {
    name: 'https to a plain port',
    url: 'https://127.0.0.1:{plain}/ok',
    expect: failed('tls', 'tls.protocol.error', 'no'),
  },
  { name: 'hang-up on hello', url: 'https://127.0.0.1:{hellofin}/', expect: failed('tls', 'tls.closed', 'no') },
  {
    name: 'reset on hello',
    url: 'https://127.0.0.1:{hellorst}/',
    expect: failed('tls', 'tls.closed', 'no'),
    racy: true,
  },
  {
    name: 'handshake stalls, client timeout',
    url: 'https://127.0.0.1:{hellohang}/',
    timeout: D,
    clients: own,
    expect: failed('tls', 'tls.timed_out', 'no'),
  },
  {
    name: 'handshake stalls, deadline',
    url: 'https://127.0.0.1:{hellohang}/',
    deadline: D,
    clients: ['fetch', 'http'],
    expect: failed('tls', 'tls.timed_out', 'no'),
  },
  {
    name: 'client certificate wanted',
    url: 'https://localhost:{clientcert}/ok',
    expect: failed('tls', 'tls.bad_client_auth_cert', 'no'),
    but: { fetch: HIDDEN_ALERT, undici: HIDDEN_ALERT },
    racy: true,
  },
  {
    name: 'http to a TLS port',
    url: 'http://127.0.0.1:{tls}/ok',
    expect: failed('wait', 'http.response.closed', 'yes'),
  },
  {
    name: 'http to a TLS port, an alert',
    url: 'http://127.0.0.1:{alert}/ok',
    expect: failed('endpoint', 'http.scheme_mismatch', 'yes'),
  },
  {
    name: 'http to a TLS port, told by the server',
    url: plain('wantstls'),
    expect: failed('endpoint', 'http.scheme_mismatch', 'yes'),
  },

  {
    name: 'upload reset',
    url: plain('uprst'),
    method: 'POST',
    body: 32 << 20,
    expect: failed('send', 'http.request.reset', 'partly'),
    racy: true,
  },
  {
    name: 'upload stalls',
    url: plain('upstall'),
    method: 'POST',
    body: 32 << 20,
    deadline: D,
    expect: failed('send', 'http.request.timed_out', 'partly'),
  },
  {
    name: 'upload cancelled',
    url: plain('upstall'),
    method: 'POST',
    body: 32 << 20,
    abort: A,
    expect: cancelled('partly'),
  },
  {
    name: 'upload stream breaks',
    url: plain('hang'),
    method: 'POST',
    body: 'breaks',
    expect: failed('client', 'client.body_failed', 'partly'),
    but: { 'undici.pipeline': { ...cancelled('partly'), why: 'the application destroys the pipe it writes to' } },
  },
  {
    name: 'early 413',
    url: plain('early413'),
    method: 'POST',
    body: 1000,
    expect: failed('payload', 'http.error', 'yes', 'card_declined'),
  },

  { name: 'hang-up before the answer', url: plain('fin'), expect: failed('wait', 'http.response.closed', 'yes') },
  { name: 'reset before the answer', url: plain('rst'), expect: failed('wait', 'http.response.reset', 'yes') },
  {
    name: 'no answer, client timeout',
    url: plain('hang'),
    timeout: D,
    clients: own,
    expect: failed('wait', 'http.response.timed_out', 'yes'),
  },
  {
    name: 'no answer, deadline',
    url: plain('hang'),
    deadline: D,
    expect: failed('wait', 'http.response.timed_out', 'yes'),
  },
  {
    name: 'no answer, a library’s timer',
    url: plain('hang'),
    timer: A,
    expect: failed('wait', 'http.response.timed_out', 'yes'),
  },
  { name: 'no answer, a debounce aborts', url: plain('hang'), timer: A, later: 100, expect: cancelled('yes') },
  { name: 'no answer, abort', url: plain('hang'), abort: A, expect: cancelled('yes') },
  {
    name: 'no answer, abort with an error',
    url: plain('hang'),
    abort: A,
    abortReason: 'error',
    expect: cancelled('yes'),
  },
  { name: 'no answer, abort with a text', url: plain('hang'), abort: A, abortReason: 'text', expect: cancelled('yes') },
  {
    name: 'head stalls',
    url: plain('headhang'),
    deadline: D,
    expect: failed('wait', 'http.response.timed_out', 'yes'),
  },
  { name: 'head cut off', url: plain('headfin'), expect: failed('wait', 'http.response.closed', 'yes') },
  { name: 'not HTTP', url: plain('garbage'), expect: failed('wait', 'http.response.invalid', 'yes') },
  { name: 'unknown HTTP version', url: plain('badversion'), expect: failed('wait', 'http.response.invalid', 'yes') },
  { name: 'head too large', url: plain('overflow'), expect: failed('client', 'client.limit_exceeded', 'yes') },
  { name: 'length and chunked at once', url: plain('clandte'), expect: failed('wait', 'http.response.invalid', 'yes') },
  { name: 'unasked upgrade', url: plain('switch'), expect: failed('wait', 'http.response.invalid', 'yes') },

  { name: 'truncated', url: plain('cut'), expect: failed('body', 'http.response.truncated', 'yes') },
  { name: 'truncated chunks', url: plain('cutchunked'), expect: failed('body', 'http.response.truncated', 'yes') },
  {
    name: 'reset in the body',
    url: plain('rstbody'),
    racy: true,
    expect: failed('body', 'http.response.truncated', 'yes'),
  },
  { name: 'damaged chunk', url: plain('badchunk'), expect: failed('body', 'http.response.decoding_failed', 'yes') },
  {
    name: 'body stalls, client timeout',
    url: plain('stall'),
    timeout: D,
    clients: own,
    expect: failed('body', 'http.response.stalled', 'yes'),
  },
  {
    name: 'body stalls, deadline',
    url: plain('stall'),
    deadline: D,
    expect: failed('body', 'http.response.stalled', 'yes'),
  },
  {
    name: 'body stalls, a library’s timer',
    url: plain('stall'),
    timer: A,
    expect: failed('body', 'http.response.stalled', 'yes'),
  },
  { name: 'body stalls, abort', url: plain('stall'), abort: A, expect: cancelled('yes') },
  {
    name: 'error body stalls, deadline',
    url: plain('stall500'),
    deadline: D,
    expect: failed('service', 'http.error', 'yes', 'card_declined'),
  },

  {
    name: 'redirect loop',
    url: plain('loop'),
    clients: ['fetch'],
    calls: { fetch: 21 },
    expect: failed('endpoint', 'http.response.redirect_loop', 'yes'),
  },
  {
    name: 'redirect to 404',
    url: plain('to404'),
    clients: ['fetch'],
    calls: { fetch: 2 },
    expect: failed('endpoint', 'http.error', 'yes', 'card_declined'),
  },

  {
    name: 'proxy wants a password',
    url: 'https://localhost:{tls}/ok',
    proxy: 'p407',
    clients: own,
    expect: failed('proxy', 'proxy.auth_required', 'no'),
  },
  {
    name: 'proxy refuses',
    url: 'https://localhost:{tls}/ok',
    proxy: 'p502',
    clients: own,
    expect: failed('proxy', 'proxy.refused', 'no'),
  },
  {
    name: 'proxy resets',
    url: 'https://localhost:{tls}/ok',
    proxy: 'prst',
    clients: own,
    expect: failed('proxy', 'proxy.failed', 'no'),
    racy: true,
  },
  {
    name: 'no proxy there',
    url: 'https://localhost:{tls}/ok',
    proxy: 'refused',
    clients: own,
    expect: failed('proxy', 'proxy.unreachable', 'no'),
  },
  { name: 'through a proxy', url: 'https://localhost:{tls}/ok', proxy: 'tunnel', clients: own, expect: ok() },
  {
    name: 'expired through a proxy',
    url: 'https://localhost:{expired}/ok',
    proxy: 'tunnel',
    clients: own,
    expect: failed('tls', 'tls.cert.date_invalid', 'no'),
  },

  {
    name: 'pool full, deadline',
    url: plain('hang'),
    pool: 'full',
    deadline: D,
    clients: ['http'],
    expect: failed('client', 'client.timed_out', 'no'),
  },

  { name: 'HTTP/2 ok', url: 'https://localhost:{h2}/ok', http2: true, expect: ok() },
  {
    name: 'HTTP/2 500',
    url: 'https://localhost:{h2}/e500',
    http2: true,
    expect: failed('service', 'http.error', 'yes', 'card_declined'),
  },
  {
    name: 'HTTP/2 stream reset',
    url: 'https://localhost:{h2}/reset',
    http2: true,
    expect: failed('wait', 'http.protocol.error', 'yes'),
  },
  {
    name: 'HTTP/2 reset in the body',
    url: 'https://localhost:{h2}/resetbody',
    http2: true,
    racy: true,
    expect: failed('body', 'http.protocol.error', 'yes'),
  },
  {
    name: 'HTTP/2 go away',
    url: 'https://localhost:{h2}/goaway',
    http2: true,
    expect: failed('wait', 'http.protocol.error', 'yes'),
  },
  {
    name: 'HTTP/2 deadline',
    url: 'https://localhost:{h2}/hang',
    http2: true,
    deadline: D,
    expect: failed('wait', 'http.response.timed_out', 'yes'),
  },
  {
    name: 'HTTP/2 refused',
    url: 'https://localhost:{refused}/',
    http2: true,
    expect: failed('tcp', 'tcp.refused', 'no'),
  },
  {
    name: 'HTTP/2 certificate expired',
    url: 'https://localhost:{expired}/',
    http2: true,
    expect: failed('tls', 'tls.cert.date_invalid', 'no'),
  },
];

const fill = (text: string, ports: Ports) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(ports[name]));

/** Unlike any other scenario's, so that a call without headers can be told apart. */
export const urlOf = (name: string, ports: Ports): string => {
  const index = FAULTS.findIndex((f) => f.name === name);
  return `${fill(FAULTS[index]!.url, ports)}?n=${index}`;
};

/** The scenarios of one client with their real ports; the name travels in the query, so that a call is told apart. */
export const scenariosFor = (client: ClientName, ports: Ports): Scenario[] =>
  FAULTS.filter((f) => !f.clients || f.clients.includes(familyOf(client)))
    // these two always have a reader
    .filter((f) => f.read !== 'never' || (client !== 'undici.stream' && client !== 'undici.pipeline'))
    .map(({ expect: _, but: __, clients: ___, calls: ____, racy: _____, detail: ______, ...s }) => ({
      ...s,
      url: urlOf(s.name, ports),
      inFlight: /\{(plain|h2)\}/.test(s.url) && s.pool === undefined,
      ...(s.proxy && { proxy: `http://127.0.0.1:${ports[s.proxy]}` }),
    }));
