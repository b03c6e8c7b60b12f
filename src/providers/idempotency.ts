/** Request headers that make a repeated write safe, IETF `Idempotency-Key` first; the vendors' own names follow. */
const HEADERS = (
  'idempotency-key x-idempotency-key paypal-request-id cko-idempotency-key chargebee-idempotency-key x-idempotence-key ' +
  'idempotence-key idempotency-token repeatability-request-id x-request-idempotency-key'
).split(' ');

/** Whether a header of this name (any case) carries an idempotency key. */
export const isIdempotencyHeader = (name: string): boolean => HEADERS.includes(name.toLowerCase());

/** The request's idempotency key, or undefined. The IETF draft's quoted string and a bare token are the same key. */
export function idempotencyKey(header: (name: string) => string | undefined): string | undefined {
  for (const name of HEADERS) {
    const value = header(name)?.trim();
    if (value) return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  }
  return undefined;
}
