import type { FailureRecord } from '../../src/evidence/record.ts';

/** A failure record with plain values; members given replace them, `undefined` removes them. */
export function failure(members: { [K in keyof FailureRecord]?: FailureRecord[K] | undefined } = {}): FailureRecord {
  const record = {
    id: 'f'.repeat(12),
    startMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    durationMs: 120,
    service: 'checkout',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    provider: 'stripe',
    method: 'GET',
    url: 'https://api.stripe.com/v1/charges',
    template: '/v1/charges',
    host: 'api.stripe.com',
    layer: 'auth',
    stage: 'after_response',
    owner: 'caller',
    attempt: 1,
    timings: {},
    headers: [],
    ...members,
  };
  return Object.fromEntries(Object.entries(record).filter(([, v]) => v !== undefined)) as unknown as FailureRecord;
}
