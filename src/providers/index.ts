export { fingerprint } from './fingerprints.ts';
export { idempotencyKey } from './idempotency.ts';
export { catalogueName, parseProviders, providerName } from './name.ts';
export { readsSuccessBodies } from './success.ts';
