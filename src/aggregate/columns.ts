import {
  LAYERS,
  LIBRARY_CALL,
  labelOf,
  REASONS,
  RESOURCE_ATTRIBUTES,
  type ReadName,
  STEPS,
} from '../contract/index.ts';
import documented from '../providers/data/documented-codes.json' with { type: 'json' };
import { cleanCode } from './clean.ts';
import { SERVICES } from './shares.ts';

/** A fifth of the codes' budget is kept for those that providers document: what a remote API invents cannot push them out. */
const DOCUMENTED: ReadonlySet<string> = new Set(Object.values<readonly string[]>(documented).flat());

/** A label of one observed call. */
export interface Column {
  readonly attribute: ReadName;
  /** Its name in older semantic conventions, which SDKs in other languages still send (`OTEL_SEMCONV_STABILITY_OPT_IN`). */
  readonly former?: ReadName;
  /** Distinct values that are kept; one more becomes `__other__`. */
  readonly budget: number;
  /** Of the budget, what every service gets whatever others do; the rest is shared. Left out where a few values are all there are. */
  readonly floor?: number;
  /** Longest value in characters; a longer one becomes `__other__`. */
  readonly maxLength: number;
  /** Closed vocabularies: anything else becomes `otherwise`. */
  readonly values?: readonly string[];
  readonly otherwise?: string;
  /** What is fit to be a value; undefined for one that is not. Longer than `maxLength` is not, where this is left out. */
  readonly clean?: (value: string) => string | undefined;
  /** Values for which a fifth of the budget is kept. */
  readonly reserved?: (value: string) => boolean;
}

/** RFC 9110 §9, RFC 5789 and RFC 10008 methods; any other is `_OTHER` (OpenTelemetry HTTP semantic conventions). */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', '_OTHER'];
const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'];
const RETRY_KINDS = ['safe', 'unsafe', 'early', 'pointless', 'paid'];
const LAYER_NAMES = LAYERS.map((l) => l.name);

/** In the order a batch stores them. The first ten are the labels of `api_client_calls_total`, so that one run of integers is its key. */
const LABELS = {
  service: { attribute: 'service.name', budget: SERVICES, maxLength: 128 },
  provider: { attribute: 'api.provider.name', budget: 8000, floor: 3, maxLength: 128 },
  address: { attribute: 'server.address', former: 'net.peer.name', budget: 12_000, floor: 4, maxLength: 255 },
  method: {
    attribute: 'http.request.method',
    former: 'http.method',
    budget: 16,
    maxLength: 16,
    values: METHODS,
    otherwise: '_OTHER',
  },
  template: { attribute: 'url.template', budget: 20_000, floor: 6, maxLength: 256 },
  statusClass: { attribute: 'api.status.class', budget: 8, maxLength: 4, values: CLASSES },
  status: { attribute: 'http.response.status_code', former: 'http.status_code', budget: 1000, maxLength: 3 },
  layer: { attribute: 'api.failure.layer', budget: 20, maxLength: 16, values: LAYER_NAMES, otherwise: 'unknown' },
  reason: { attribute: 'api.failure.reason', budget: 100, maxLength: 64, values: Object.keys(REASONS) },
  code: {
    attribute: 'api.provider.code',
    budget: 12_000,
    floor: 4,
    maxLength: 64,
    clean: cleanCode,
    reserved: (code) => DOCUMENTED.has(code),
  },
  retryKind: { attribute: 'api.retry.kind', budget: 8, maxLength: 16, values: RETRY_KINDS },
  version: { attribute: 'service.version', budget: 5000, floor: 2, maxLength: 128 },
  environment: {
    attribute: 'deployment.environment.name',
    former: 'deployment.environment',
    budget: 2100,
    floor: 1,
    maxLength: 128,
  },
  pendingPhase: { attribute: 'api.pending.phase', budget: 8, maxLength: 8, values: STEPS },
} satisfies Record<string, Column>;

const numbered = <K extends string>(table: Readonly<Record<K, unknown>>): Readonly<Record<K, number>> =>
  Object.fromEntries(Object.keys(table).map((key, i) => [key, i])) as Record<K, number>;

export const COLUMNS: readonly Column[] = Object.values(LABELS);
/** Column numbers by name, for code that reads one. */
export const COLUMN = numbered(LABELS);

/** The columns behind a metric's labels, in the metric's order. */
export const columnsOf = (labels: readonly string[]): number[] =>
  labels.map((label) => COLUMNS.findIndex((c) => labelOf(c.attribute) === label)).filter((column) => column >= 0);

/** What becomes of an attribute's value. An alias is a label under its former name: it only counts when the present one is missing. */
export const KIND = { label: 1, number: 2, flag: 3, present: 4, requestId: 5, alias: 6 } as const;

const from =
  (kind: number) =>
  (...attributes: readonly ReadName[]) => ({ kind, attributes });
const [number, flag, present] = [from(KIND.number), from(KIND.flag), from(KIND.present)];

/** The numbers of one call, in the order a batch stores them; NaN when absent. Flags, and what is only asked to be present, are 1. */
const NUMBERS = {
  /** Seconds. */
  duration: number(),
  /** How many calls this one stands for (1 unless sampled). */
  weight: number(),
  /** Unix seconds. */
  endSeconds: number(),
  /** Seconds; the other phases follow. */
  firstPhase: number('api.timing.queue'),
  dns: number('api.timing.dns'),
  tcp: number('api.timing.tcp'),
  tls: number('api.timing.tls'),
  wait: number('api.timing.wait'),
  body: number('api.timing.body'),
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
  cancelled: flag('api.cancelled'),
  repeated: flag('api.request.repeated'),
  error: present('error.type'),
  /** The span is a copy of one that comes another way. */
  copy: flag('api.copy'),
  /** A library says what it called: no attempt, unless faultlayer wrote on it. */
  library: present(...LIBRARY_CALL),
  /** Only on the record of a WebSocket that ended abnormally. */
  closeCode: number('api.websocket.close_code'),
};
export const NUMBER = numbered(NUMBERS);

export interface Field {
  readonly kind: number;
  /** Column or number of the batch. */
  readonly target: number;
}
type Fields = Readonly<Record<string, Field>>;

const labelFields = (ofResource: boolean): Fields =>
  Object.fromEntries(
    COLUMNS.flatMap(({ attribute, former }, target) => {
      if ((RESOURCE_ATTRIBUTES as readonly string[]).includes(attribute) !== ofResource) return [];
      const label = [attribute, { kind: KIND.label, target }] as const;
      return former === undefined ? [label] : [label, [former, { kind: KIND.alias, target }] as const];
    }),
  );
const numberFields = Object.values(NUMBERS).flatMap(({ kind, attributes }, target) =>
  attributes.map((name) => [name, { kind, target }] as const),
);

/** Every span attribute the metrics read. */
export const SPAN_FIELDS: Fields = {
  ...labelFields(false),
  ...Object.fromEntries(numberFields),
  ['api.provider.request_id' satisfies ReadName]: { kind: KIND.requestId, target: 0 },
};
/** Every attribute of a resource. */
export const RESOURCE_FIELDS = labelFields(true);
