import { randomUUID } from 'node:crypto';
import { type Api, json } from '../api.ts';

/** A JSON API as most companies write one: RFC 9457 problem details, `x-request-id`. */
const plain = (name: string, host: string, body: () => unknown): Api => {
  const problem = (status: number, id: string, code: string, title: string, more: Record<string, string> = {}) =>
    json(
      status,
      { 'content-type': 'application/problem+json', 'x-request-id': id, ...more },
      { type: `https://${host}/problems/${code}`, title, status, code },
    );
  return {
    name,
    host,
    keepAlive: false,
    requestId: () => randomUUID(),
    accepts: () => true,
    ok: (_ask, id) => json(200, { 'x-request-id': id }, body()),
    unauthorized: (_ask, id) => problem(401, id, 'token_invalid', 'The token is not valid'),
    throttled: (_ask, id) => problem(429, id, 'too_many_requests', 'Too many requests', { 'retry-after': '2' }),
    outage: (_ask, id) => problem(503, id, 'maintenance', 'Back soon'),
  };
};

export const exchangeRates = plain('exchange-rates', 'api.exchange-rates.test', () => ({
  base: 'EUR',
  rates: { USD: 1.09, GBP: 0.84 },
}));
export const warehouse = plain('warehouse', 'api.warehouse.test', () => ({ sku: 'A-7781', inStock: 12 }));
