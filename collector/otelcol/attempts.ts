import { LIBRARY_CALL } from '../../src/contract/index.ts';
import { layerOfStatus } from '../../src/layers/answer.ts';

/** An attribute of a span in OTTL. */
export const attribute = (name: string): string => `span.attributes["${name}"]`;
const has = (name: string): string => `${attribute(name)} != nil`;
const hasNot = (name: string): string => `${attribute(name)} == nil`;

const METHOD = 'http.request.method';
const STATUS = 'http.response.status_code';
const CLASS = 'api.status.class';
const LAYER = 'api.failure.layer';
const FORMER_METHOD = 'http.method';

/** What is no attempt (src/contract/attempt.ts), as a condition of OTTL; nor is a call that has not ended, or the end of a WebSocket. */
export const NO_ATTEMPT = [
  `span.kind != SPAN_KIND_CLIENT or ${has('api.pending')} or ${has('api.websocket.close_code')} or (`,
  `${hasNot(CLASS)} and (`,
  `(${hasNot(METHOD)} and ${hasNot(FORMER_METHOD)}) or `,
  `${LIBRARY_CALL.map(has).join(' or ')}))`,
].join('');

const STATUSES = Array.from({ length: 200 }, (_, i) => 400 + i);
/** Statuses by layer, those of the two large groups left out. */
const EXCEPTIONS = Map.groupBy(
  STATUSES.filter((status) => layerOfStatus(status) !== (status < 500 ? 'payload' : 'service')),
  (status) => layerOfStatus(status)!,
);

/** What spans of other instrumentations lack follows from the status, as in src/aggregate/derive.ts. The class is set last: it says who wrote the rest. */
export function fillForeign(): Record<string, unknown> {
  const layer = (name: string, where: string): string =>
    `set(${attribute(LAYER)}, "${name}") where ${hasNot(LAYER)} and ${where}`;
  return {
    context: 'span',
    conditions: [hasNot(CLASS)],
    statements: [
      `set(${attribute(METHOD)}, ${attribute(FORMER_METHOD)}) where ${hasNot(METHOD)}`,
      `set(${attribute(STATUS)}, ${attribute('http.status_code')}) where ${hasNot(STATUS)}`,
      `set(${attribute('server.address')}, ${attribute('net.peer.name')}) where ${hasNot('server.address')}`,
      `set(${attribute('api.provider.name')}, ${attribute('server.address')}) where ${hasNot('api.provider.name')}`,
      ...Array.from(EXCEPTIONS, ([name, statuses]) =>
        layer(name, `(${statuses.map((status) => `${attribute(STATUS)} == ${status}`).join(' or ')})`),
      ),
      layer('payload', `${attribute(STATUS)} >= 400 and ${attribute(STATUS)} < 500`),
      layer('service', `${attribute(STATUS)} >= 500`),
      layer('unknown', `${hasNot(STATUS)} and ${has('error.type')}`),
      `set(${attribute(CLASS)}, Concat([Substring(String(${attribute(STATUS)}), 0, 1), "xx"], "")) where ${has(STATUS)}`,
      `set(${attribute(CLASS)}, "none") where ${hasNot(CLASS)}`,
    ],
  };
}
