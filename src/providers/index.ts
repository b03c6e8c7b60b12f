export { fingerprint } from './fingerprints.ts';
export { idempotencyKey, isIdempotencyHeader } from './idempotency.ts';
export { catalogueName, parseProviders, providerName } from './name.ts';
export { addProviders, type CustomProvider } from './overrides.ts';
export { readsSuccessBodies } from './success.ts';
