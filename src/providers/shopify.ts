import type { Provider } from './provider.ts';

/** GraphQL mutations report invalid input under the mutation's own name. https://shopify.dev/docs/api/admin-graphql#errors */
export const shopify: Provider = {
  name: 'shopify',
  readsSuccess: true,
  code: ['data.*.usererrors.code'],
  failure: ['data.*.usererrors'],
  layers: { MAX_COST_EXCEEDED: 'payload' },
};
