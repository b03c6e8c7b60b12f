import type { AttributeName } from '../contract/index.ts';
import type { FailureRecord } from './record.ts';

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
