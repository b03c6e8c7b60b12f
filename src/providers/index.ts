export { idempotencyKey, isIdempotencyHeader } from './idempotency.ts';
export { catalogueName, longest, parseProviders, providerName } from './name.ts';
export { answersMany, readsSuccessBodies } from './success.ts';
export { addProviders, type CustomProvider } from './tables.ts';
