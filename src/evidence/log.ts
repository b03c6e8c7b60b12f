import type { AttributeName, ResourceName } from '../contract/index.ts';
import type { FailureRecord } from './record.ts';

/** The OpenTelemetry event name of one kept failure. */
export const EVENT_NAME = 'api.failure';
/** SeverityNumber WARN (OpenTelemetry logs data model): one failed call is not yet an error of the service. */
export const SEVERITY = { number: 13, text: 'WARN' } as const;

type LogAttribute = AttributeName | ResourceName;

/** Attribute names and values of a failure’s log record; span attribute names, so that one query fits logs and traces. */
export function logAttributesOf(r: FailureRecord): [LogAttribute, string | number | boolean][] {
  const rows: [LogAttribute, string | number | boolean | undefined][] = [
    ['service.name', r.service],
    ['service.version', r.serviceVersion],
    ['deployment.environment.name', r.environment],
    ['api.provider.name', r.provider],
    ['http.request.method', r.method],
    ['url.full', r.url],
    ['url.template', r.template],
    ['server.address', r.host],
    ['http.response.status_code', r.status],
    ['api.failure.layer', r.layer],
    ['api.failure.stage', r.stage],
    ['api.failure.reason', r.reason],
    ['api.failure.owner', r.owner],
    ['error.type', r.errorType],
    ['api.provider.code', r.code],
    ['api.provider.subcode', r.subcode],
    ['api.provider.message', r.message],
    ['api.provider.request_id', r.requestId],
    ['api.request.sent', r.sent],
    ['http.request.resend_count', r.attempt > 1 ? r.attempt - 1 : undefined],
    ['api.retry.kind', r.retryKind],
    ['api.retry.advice', r.retryAdvice],
    ['api.retry.after', r.retryAfter],
  ];
  return rows.filter((row): row is [LogAttribute, string | number | boolean] => row[1] !== undefined);
}

/** One JSON line, no line break inside (JSON escapes them): timestamp, severity, event, trace context, duration, attributes. */
export function logLineOf(r: FailureRecord): string {
  return JSON.stringify({
    timestamp: Math.abs(r.startMs) <= 8.64e15 ? new Date(r.startMs).toISOString() : null,
    severity: SEVERITY.text,
    event: EVENT_NAME,
    failure_id: r.id,
    trace_id: r.traceId,
    span_id: r.spanId,
    duration_ms: r.durationMs,
    ...Object.fromEntries(logAttributesOf(r)),
  });
}

/** A TraceQL string literal: double-quoted with Go escapes; control characters have none that are safe to paste, so they become spaces. */
const literal = (text: string): string =>
  `"${text
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')}"`;

const span = (name: AttributeName, value: string): string => `span.${name} = ${literal(value)}`;

/** The query that finds the same failures in Tempo: the question a fleet asks where one collector’s store ends. */
export function traceqlOf(r: FailureRecord): string {
  const terms = [
    `resource.service.name = ${literal(r.service)}`,
    span('api.provider.name', r.provider),
    span('api.failure.layer', r.layer),
    ...(r.code ? [span('api.provider.code', r.code)] : r.reason ? [span('api.failure.reason', r.reason)] : []),
  ];
  const shown = ['api.provider.request_id', 'http.response.status_code', 'url.template'] satisfies AttributeName[];
  return `{ ${terms.join(' && ')} } | select(${shown.map((name) => `span.${name}`).join(', ')})`;
}
