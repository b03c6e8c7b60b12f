import Stripe from 'stripe';
import type { Job } from '../job.ts';

export const createPayment = (port: number): Job => {
  const stripe = new Stripe(process.env['STRIPE_API_KEY'] ?? 'sk_test_example', {
    host: 'api.stripe.test',
    port,
    timeout: 5_000,
    telemetry: false,
  });
  return async (n) => {
    await stripe.paymentIntents.create({ amount: n, currency: 'eur' });
  };
};
