/** `api.failure.stage`: how far the call had come. */
export type Stage = 'before_send' | 'in_transit' | 'after_response';
/** `api.failure.owner`: who can mend it. */
export type Owner = 'caller' | 'network' | 'provider' | 'load';
/** What follows from a failure's layer. */
export interface Layer {
  /** Value of `api.failure.layer`. */
  readonly name: LayerName;
  /** Where in the life of the call it ended; absent for `unknown`. */
  readonly stage?: Stage;
  /** Who is asked first: the caller's team, the network, the provider, or the load the caller puts on it. */
  readonly owner: Owner;
  /** What the person on call looks at first. */
  readonly firstCheck: string;
  /** What belongs here. */
  readonly when: string;
}

type Row = Omit<Layer, 'name'>;
const of =
  (stage: Stage) =>
  (owner: Owner, firstCheck: string, when: string): Row => ({ stage, owner, firstCheck, when });
const [before, during, after] = [of('before_send'), of('in_transit'), of('after_response')];

/**
 * The failure vocabulary: every failed call has exactly one layer, and stage, owner and first check follow from it.
 * Layers before the response follow the order a connection is made in; layers after it follow RFC 9110 status classes.
 */
const ROWS = {
  client: before(
    'caller',
    'the call never left: URL, port, headers, pool',
    'invalid URL/header/argument, blocked port, own queue or pool exhausted, local file/permission errors',
  ),
  dns: before('network', 'resolve the name from this host', 'lookup failed or timed out'),
  tcp: before(
    'network',
    'can a socket be opened from this host',
    'refused, unreachable, connect timeout, reset while connecting',
  ),
  proxy: before('network', "the proxy's answer to CONNECT", 'proxy refused, needs auth, unreachable'),
  tls: before('network', 'chain, host name, dates, protocol', 'any handshake or certificate failure'),
  send: during(
    'network',
    'was the request written whole',
    'reset, timeout or stream error while the request was being written',
  ),
  wait: during(
    'provider',
    'did the provider ever answer',
    'no response headers: timeout, hang-up, reset, malformed HTTP after the request left',
  ),
  body: during(
    'provider',
    'did the whole answer arrive',
    'response headers came, the body did not end well: truncated, stalled, bad encoding',
  ),
  endpoint: after('caller', 'URL path, method, version prefix', '404, 405, 410, 421, 501, redirect loop'),
  auth: after('caller', '401: credentials; 403: scopes and roles; clock', '401, 403, 407, 511'),
  payload: after(
    'caller',
    'body, required fields, Content-Type',
    '400, 402, 406, 409, 411–417, 422–424, 426, 428, 431, 451 and any other 4xx',
  ),
  throttling: after(
    'load',
    'Retry-After, concurrency, quota',
    '429, 420, 529, a 403 without a code that says when to come back, and any status or 2xx body whose provider code says rate limit or quota',
  ),
  service: after('provider', 'provider status page; keep the request ID', '5xx (but 501, 511, 529 as above), 408, 425'),
  unknown: { owner: 'caller', firstCheck: '–', when: 'nothing else fits; counted, never invented' },
} satisfies Record<string, Row>;

/** `api.failure.layer`. */
export type LayerName = Extract<keyof typeof ROWS, string>;

/** The rows in order, with their names. */
export const LAYERS: readonly Layer[] = Object.entries<Row>(ROWS).map(([name, row]) => ({
  name: name as LayerName,
  ...row,
}));

/** The same by name. */
export const LAYER: Readonly<Record<LayerName, Layer>> = Object.fromEntries(LAYERS.map((l) => [l.name, l])) as Record<
  LayerName,
  Layer
>;

/** The one steady order in which a failing call is checked, from the page to `faultlayer doctor`. */
export const CHECK_ORDER = ['endpoint', 'auth', 'payload', 'transport', 'throttling'] as const;
