import { LIBRARY_CALL, type ReadName } from '../contract/index.ts';
import { COLUMN, NUMBER } from './columns.ts';

/** What becomes of an attribute's value. An alias is a label under its former name: it only counts when the present one is missing. */
export const KIND = { label: 1, number: 2, flag: 3, present: 4, requestId: 5, alias: 6 } as const;

export interface Field {
  readonly kind: number;
  /** Column or number of the batch. */
  readonly target: number;
}

const label = (target: number): Field => ({ kind: KIND.label, target });
const alias = (target: number): Field => ({ kind: KIND.alias, target });
const number = (target: number): Field => ({ kind: KIND.number, target });

/**
 * Every span attribute the metrics read. The old HTTP names stand beside the stable ones, because SDKs in other languages
 * still send them by default (`OTEL_SEMCONV_STABILITY_OPT_IN`).
 */
export const SPAN_FIELDS: Readonly<Record<string, Field>> = {
  'api.provider.name': label(COLUMN.provider),
  'server.address': label(COLUMN.address),
  'net.peer.name': alias(COLUMN.address),
  'http.request.method': label(COLUMN.method),
  'http.method': alias(COLUMN.method),
  'url.template': label(COLUMN.template),
  'api.status.class': label(COLUMN.statusClass),
  'http.response.status_code': label(COLUMN.status),
  'http.status_code': alias(COLUMN.status),
  'api.failure.layer': label(COLUMN.layer),
  'api.failure.reason': label(COLUMN.reason),
  'api.provider.code': label(COLUMN.code),
  'api.retry.kind': label(COLUMN.retryKind),
  'api.pending.phase': label(COLUMN.pendingPhase),
  'api.timing.queue': number(NUMBER.firstPhase),
  'api.timing.dns': number(NUMBER.firstPhase + 1),
  'api.timing.tcp': number(NUMBER.firstPhase + 2),
  'api.timing.tls': number(NUMBER.firstPhase + 3),
  'api.timing.wait': number(NUMBER.firstPhase + 4),
  'api.timing.body': number(NUMBER.firstPhase + 5),
  'api.retry.after': number(NUMBER.retryAfter),
  'api.rate_limit.limit': number(NUMBER.rateLimit),
  'api.rate_limit.remaining': number(NUMBER.rateRemaining),
  'api.tls.not_after': number(NUMBER.tlsNotAfter),
  'api.clock.offset': number(NUMBER.clockOffset),
  'api.deprecation.at': number(NUMBER.deprecationAt),
  'api.sunset.at': number(NUMBER.sunsetAt),
  'api.stream.first_chunk': number(NUMBER.firstChunk),
  'api.stream.longest_gap': number(NUMBER.longestGap),
  'api.websocket.close_code': number(NUMBER.closeCode),
  'api.cancelled': { kind: KIND.flag, target: NUMBER.cancelled },
  'api.request.repeated': { kind: KIND.flag, target: NUMBER.repeated },
  'api.copy': { kind: KIND.flag, target: NUMBER.copy },
  'error.type': { kind: KIND.present, target: NUMBER.error },
  ...Object.fromEntries(LIBRARY_CALL.map((name) => [name, { kind: KIND.present, target: NUMBER.library }])),
  'api.provider.request_id': { kind: KIND.requestId, target: 0 },
} satisfies Partial<Record<ReadName, Field>>;

export const RESOURCE_FIELDS: Readonly<Record<string, Field>> = {
  'service.name': label(COLUMN.service),
  'service.version': label(COLUMN.version),
  'deployment.environment.name': label(COLUMN.environment),
  'deployment.environment': alias(COLUMN.environment),
} satisfies Partial<Record<ReadName, Field>>;
