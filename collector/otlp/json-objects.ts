import { Malformed } from './protobuf-reader.ts';

export type JsonObject = Record<string, unknown>;

/** A body's JSON object, for the signals that are rare enough to be parsed whole. Throws Malformed. */
export function parseObject(body: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new Malformed('the body is no JSON text');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed('the body is no object');
  return value as JsonObject;
}

/** The objects of a member that may be a list. */
export function lists(owner: unknown, key: string): JsonObject[] {
  const list = (owner as JsonObject | null | undefined)?.[key];
  return Array.isArray(list)
    ? list.filter((item): item is JsonObject => typeof item === 'object' && item !== null)
    : [];
}
