/** `api.failure.stage`: how far the call had come. */
export type Stage = 'before_send' | 'in_transit' | 'after_response';
/** `api.failure.owner`: who can mend it. */
export type Owner = 'caller' | 'network' | 'provider' | 'load';
/** `api.failure.layer`. */
export type LayerName =
  | 'client'
  | 'dns'
  | 'tcp'
  | 'proxy'
  | 'tls'
  | 'send'
  | 'wait'
  | 'body'
  | 'endpoint'
  | 'auth'
  | 'payload'
  | 'throttling'
  | 'service'
  | 'unknown';

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

/**
 * The failure vocabulary: every failed call has exactly one layer, and stage, owner and first check follow from it.
 * Layers before the response follow the order a connection is made in; layers after it follow RFC 9110 status classes.
 */
export const LAYERS: readonly Layer[] = [
  {
    name: 'client',
    stage: 'before_send',
    owner: 'caller',
    firstCheck: 'the call never left: URL, port, headers, pool',
    when: 'invalid URL/header/argument, blocked port, own queue or pool exhausted, local file/permission errors',
  },
  {
    name: 'dns',
    stage: 'before_send',
    owner: 'network',
    firstCheck: 'resolve the name from this host',
    when: 'lookup failed or timed out',
  },
  {
    name: 'tcp',
    stage: 'before_send',
    owner: 'network',
    firstCheck: 'can a socket be opened from this host',
    when: 'refused, unreachable, connect timeout, reset while connecting',
  },
  {
    name: 'proxy',
    stage: 'before_send',
    owner: 'network',
    firstCheck: "the proxy's answer to CONNECT",
    when: 'proxy refused, needs auth, unreachable',
  },
  {
    name: 'tls',
    stage: 'before_send',
    owner: 'network',
    firstCheck: 'chain, host name, dates, protocol',
    when: 'any handshake or certificate failure',
  },
  {
    name: 'send',
    stage: 'in_transit',
    owner: 'network',
    firstCheck: 'was the request written whole',
    when: 'reset, timeout or stream error while the request was being written',
  },
  {
    name: 'wait',
    stage: 'in_transit',
    owner: 'provider',
    firstCheck: 'did the provider ever answer',
    when: 'no response headers: timeout, hang-up, reset, malformed HTTP after the request left',
  },
  {
    name: 'body',
    stage: 'in_transit',
    owner: 'provider',
    firstCheck: 'did the whole answer arrive',
    when: 'response headers came, the body did not end well: truncated, stalled, bad encoding',
  },
  {
    name: 'endpoint',
    stage: 'after_response',
    owner: 'caller',
    firstCheck: 'URL path, method, version prefix',
    when: '404, 405, 410, 421, 501, redirect loop',
  },
  {
    name: 'auth',
    stage: 'after_response',
    owner: 'caller',
    firstCheck: '401: credentials; 403: scopes and roles; clock',
    when: '401, 403, 407, 511',
  },
  {
    name: 'payload',
    stage: 'after_response',
    owner: 'caller',
    firstCheck: 'body, required fields, Content-Type',
    when: '400, 402, 406, 409, 411–417, 422–424, 426, 428, 431, 451 and any other 4xx',
  },
  {
    name: 'throttling',
    stage: 'after_response',
    owner: 'load',
    firstCheck: 'Retry-After, concurrency, quota',
    when: '429, 420, 529, and any status or 2xx body whose provider code says rate limit or quota',
  },
  {
    name: 'service',
    stage: 'after_response',
    owner: 'provider',
    firstCheck: 'provider status page; keep the request ID',
    when: '5xx (but 501, 511, 529 as above), 408, 425',
  },
  { name: 'unknown', owner: 'caller', firstCheck: '–', when: 'nothing else fits; counted, never invented' },
];

/** The same by name. */
export const LAYER: Readonly<Record<LayerName, Layer>> = Object.fromEntries(LAYERS.map((l) => [l.name, l])) as Record<
  LayerName,
  Layer
>;

/** The one steady order in which a failing call is checked, from the page to `faultlayer doctor`. */
export const CHECK_ORDER = ['endpoint', 'auth', 'payload', 'transport', 'throttling'] as const;
