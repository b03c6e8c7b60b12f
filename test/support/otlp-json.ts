import type { AnyValue, RawRequest } from './otlp-schema.ts';

type Json = Record<string, unknown>;
const objects = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((v): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v)) : [];
const object = (value: unknown): Json => objects([value])[0] ?? {};

/** An AnyValue by the rules of OTLP/JSON; of several kinds the last one written counts. */
function anyValue(value: unknown): AnyValue {
  let found: AnyValue['value'] = { case: undefined };
  for (const [name, v] of Object.entries(object(value))) {
    if (name === 'stringValue' && typeof v === 'string') found = { case: name, value: v };
    else if (name === 'boolValue' && typeof v === 'boolean') found = { case: name, value: v };
    else if (name === 'intValue' && integer(v) !== undefined) found = { case: name, value: integer(v) };
    else if (name === 'doubleValue' && typeof v === 'number') found = { case: name, value: v };
  }
  return { value: found };
}
/** A 64-bit integer, as a string or a number. */
const integer = (v: unknown): bigint | undefined =>
  typeof v === 'string' && /^-?\d+$/.test(v)
    ? BigInt(v)
    : typeof v === 'number' && Number.isInteger(v)
      ? BigInt(v)
      : undefined;
const time = (v: unknown): bigint => {
  const text = String(v);
  return (typeof v === 'string' || typeof v === 'number') && /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
};
const attributes = (owner: Json) =>
  objects(owner['attributes']).flatMap(({ key, value }) =>
    typeof key === 'string' ? [{ key, value: anyValue(value) }] : [],
  );
const id = (v: unknown, digits: number): Uint8Array =>
  typeof v === 'string' && v.length === digits && /^[0-9a-f]*$/i.test(v) ? Buffer.from(v, 'hex') : new Uint8Array(0);

/** Reads OTLP/JSON by JSON.parse, as plainly as possible; throws SyntaxError. */
export function requestOfJson(text: string): RawRequest {
  return {
    resourceSpans: objects(object(JSON.parse(text))['resourceSpans']).map((r) => ({
      resource: { attributes: attributes(object(r['resource'])) },
      scopeSpans: objects(r['scopeSpans']).map((s) => ({
        spans: objects(s['spans']).map((span) => ({
          traceId: id(span['traceId'], 32),
          spanId: id(span['spanId'], 16),
          traceState: typeof span['traceState'] === 'string' ? span['traceState'] : '',
          kind: Number(integer(span['kind']) ?? 0),
          startTimeUnixNano: time(span['startTimeUnixNano']),
          endTimeUnixNano: time(span['endTimeUnixNano']),
          attributes: attributes(span),
        })),
      })),
    })),
  };
}
