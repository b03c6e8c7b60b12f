import { ALNUM, type Api, json, random } from '../api.ts';

/** Stripe: errors as `{"error":{"code","type","message"}}`, `request-id`, and a `stripe-should-retry` hint. */
const headers = (id: string) => ({ 'request-id': id, 'stripe-version': '2026-10-29.dahlia' });

export const stripe: Api = {
  name: 'stripe',
  host: 'api.stripe.test',
  keepAlive: true,
  requestId: () => `req_${random(14, ALNUM)}`,
  accepts: (ask) => ask.header('authorization') === 'Bearer sk_test_example',
  ok: (_ask, id) =>
    json(200, headers(id), {
      id: `pi_${random(24, ALNUM)}`,
      object: 'payment_intent',
      amount: 2400,
      currency: 'eur',
      status: 'requires_payment_method',
    }),
  unauthorized: (_ask, id) =>
    json(401, headers(id), {
      error: { message: 'Invalid API Key provided.', type: 'invalid_request_error' },
    }),
  throttled: (_ask, id) =>
    json(
      429,
      {
        ...headers(id),
        'retry-after': '2',
        'stripe-rate-limited-reason': 'endpoint-rate',
        'stripe-should-retry': 'false',
      },
      {
        error: {
          code: 'rate_limit',
          doc_url: 'https://stripe.com/docs/error-codes/rate-limit',
          message: 'Request rate limit exceeded. Learn more about rate limits: https://stripe.com/docs/rate-limits.',
          type: 'invalid_request_error',
        },
      },
    ),
  outage: (_ask, id) =>
    json(
      503,
      { ...headers(id), 'stripe-should-retry': 'false' },
      {
        error: { message: 'An unknown error occurred', type: 'api_error' },
      },
    ),
};
