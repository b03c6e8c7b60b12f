import { LAYERS, labelOf, REASONS, type ReadName, STEPS } from '../contract/index.ts';
import { SERVICES } from './shares.ts';

/**
 * The label columns of one observed call, in the order a batch stores them. The first ten are the labels of
 * `api_client_calls_total`, so that one run of integers is its key.
 */
export interface Column {
  readonly attribute: ReadName;
  /** Distinct values that are kept; one more becomes `__other__`. */
  readonly budget: number;
  /** Of the budget, what every service gets whatever others do; the rest is shared. Left out where a few values are all there are. */
  readonly floor?: number;
  /** Longest value in characters; a longer one becomes `__other__`. */
  readonly maxLength: number;
  /** Closed vocabularies: anything else becomes `otherwise`. */
  readonly values?: readonly string[];
  readonly otherwise?: string;
}

/** RFC 9110 §9, RFC 5789 and RFC 10008 methods; any other is `_OTHER` (OpenTelemetry HTTP semantic conventions). */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', '_OTHER'];

export const COLUMNS: readonly Column[] = [
  { attribute: 'service.name', budget: SERVICES, maxLength: 128 },
  { attribute: 'api.provider.name', budget: 8000, floor: 3, maxLength: 128 },
  { attribute: 'server.address', budget: 12_000, floor: 4, maxLength: 255 },
  { attribute: 'http.request.method', budget: 16, maxLength: 16, values: METHODS, otherwise: '_OTHER' },
  { attribute: 'url.template', budget: 20_000, floor: 6, maxLength: 256 },
  { attribute: 'api.status.class', budget: 8, maxLength: 4, values: ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] },
  { attribute: 'http.response.status_code', budget: 1000, maxLength: 3 },
  {
    attribute: 'api.failure.layer',
    budget: 20,
    maxLength: 16,
    values: LAYERS.map((l) => l.name),
    otherwise: 'unknown',
  },
  { attribute: 'api.failure.reason', budget: 100, maxLength: 64, values: Object.keys(REASONS) },
  { attribute: 'api.provider.code', budget: 12_000, floor: 4, maxLength: 64 },
  {
    attribute: 'api.retry.kind',
    budget: 8,
    maxLength: 16,
    values: ['safe', 'unsafe', 'early', 'pointless', 'paid'],
  },
  { attribute: 'service.version', budget: 5000, floor: 2, maxLength: 128 },
  { attribute: 'deployment.environment.name', budget: 2100, floor: 1, maxLength: 128 },
  { attribute: 'api.pending.phase', budget: 8, maxLength: 8, values: STEPS },
];

const at = (attribute: ReadName): number => {
  const index = COLUMNS.findIndex((c) => c.attribute === attribute);
  if (index < 0) throw new Error(`no column for ${attribute}`);
  return index;
};

/** Column numbers by name, for code that reads one. */
export const COLUMN = {
  service: at('service.name'),
  provider: at('api.provider.name'),
  address: at('server.address'),
  method: at('http.request.method'),
  template: at('url.template'),
  statusClass: at('api.status.class'),
  status: at('http.response.status_code'),
  layer: at('api.failure.layer'),
  reason: at('api.failure.reason'),
  code: at('api.provider.code'),
  retryKind: at('api.retry.kind'),
  version: at('service.version'),
  environment: at('deployment.environment.name'),
  pendingPhase: at('api.pending.phase'),
} as const;

/** The columns behind a metric's labels, in the metric's order. */
export const columnsOf = (labels: readonly string[]): number[] =>
  labels.flatMap((label) => {
    const index = COLUMNS.findIndex((c) => labelOf(c.attribute) === label);
    return index < 0 ? [] : [index];
  });

/** The numbers of one call, in the order a batch stores them; NaN when absent. */
export const NUMBERS = [
  'duration',
  'weight',
  'endSeconds',
  'api.timing.queue',
  'api.timing.dns',
  'api.timing.tcp',
  'api.timing.tls',
  'api.timing.wait',
  'api.timing.body',
  'api.retry.after',
  'api.rate_limit.limit',
  'api.rate_limit.remaining',
  'api.tls.not_after',
  'api.clock.offset',
  'api.deprecation.at',
  'api.sunset.at',
  'api.stream.first_chunk',
  'api.stream.longest_gap',
  'api.cancelled',
  'api.request.repeated',
  'error.type',
  'api.copy',
  'library call',
  'api.websocket.close_code',
] as const;

const number = (name: (typeof NUMBERS)[number]): number => NUMBERS.indexOf(name);
export const NUMBER = {
  /** Seconds. */
  duration: number('duration'),
  /** How many calls this one stands for (1 unless sampled). */
  weight: number('weight'),
  /** Unix seconds. */
  endSeconds: number('endSeconds'),
  firstPhase: number('api.timing.queue'),
  retryAfter: number('api.retry.after'),
  rateLimit: number('api.rate_limit.limit'),
  rateRemaining: number('api.rate_limit.remaining'),
  tlsNotAfter: number('api.tls.not_after'),
  clockOffset: number('api.clock.offset'),
  /** Unix seconds. */
  deprecationAt: number('api.deprecation.at'),
  sunsetAt: number('api.sunset.at'),
  /** Seconds. */
  firstChunk: number('api.stream.first_chunk'),
  longestGap: number('api.stream.longest_gap'),
  /** Only on the record of a WebSocket that ended abnormally. */
  closeCode: number('api.websocket.close_code'),
  /** 1 when true. */
  cancelled: number('api.cancelled'),
  repeated: number('api.request.repeated'),
  /** 1 when the span has an `error.type`. */
  error: number('error.type'),
  /** 1 when the span is a copy of one that comes another way. */
  copy: number('api.copy'),
  /** 1 when a library says what it called: no attempt, unless faultlayer wrote on it. */
  library: number('library call'),
} as const;
