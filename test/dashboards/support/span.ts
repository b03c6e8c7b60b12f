import type { AttributeName } from '../../../src/contract/index.ts';

type Value = string | number | boolean;

/** One outbound call as the instrumentation would report it. */
export interface CallSpan {
  readonly startMs: number;
  readonly seconds: number;
  readonly attributes: Partial<Record<AttributeName, Value>>;
  /** OTLP span kind; 3 is client. */
  readonly kind?: number;
}

/** Seeded pseudo-random numbers in [0, 1): mulberry32, public domain. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const hex = (random: () => number, bytes: number): string =>
  Array.from({ length: bytes }, () =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0'),
  ).join('');

/** OTLP says numbers of attributes are `intValue` strings or `doubleValue`s. */
const DOUBLES = /^api\.(timing|stream|retry\.after|rate_limit\.reset|clock)/;
const any = (name: string, value: Value) =>
  typeof value === 'string'
    ? { stringValue: value }
    : typeof value === 'boolean'
      ? { boolValue: value }
      : DOUBLES.test(name)
        ? { doubleValue: value }
        : { intValue: String(value) };
const attributes = (record: Readonly<Record<string, Value>>) =>
  Object.entries(record).map(([key, value]) => ({ key, value: any(key, value) }));

/** The OTLP/JSON body of one service's spans (OTLP 1.x, JSON encoding: hexadecimal ids, nanoseconds as strings). */
export function otlpJson(service: { name: string; version: string }, spans: readonly CallSpan[], random: () => number) {
  const resource = {
    'service.name': service.name,
    'service.version': service.version,
    'deployment.environment.name': 'production',
  };
  return {
    resource: { attributes: attributes(resource) },
    scopeSpans: [
      {
        scope: { name: 'faultlayer' },
        spans: spans.map((s) => ({
          traceId: hex(random, 16),
          spanId: hex(random, 8),
          flags: 1,
          name: `${s.attributes['http.request.method']} ${s.attributes['url.template']}`,
          kind: s.kind ?? 3,
          startTimeUnixNano: `${Math.round(s.startMs * 1e3)}000`,
          endTimeUnixNano: `${Math.round((s.startMs + s.seconds * 1e3) * 1e3)}000`,
          attributes: attributes(s.attributes as Record<string, Value>),
          status: { code: s.attributes['api.failure.layer'] === undefined ? 0 : 2 },
        })),
      },
    ],
  };
}
