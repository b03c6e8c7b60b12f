import type { Provider } from './provider.ts';

/** The ID of the error object, not the header, is what support asks for. */
export const appStoreConnect: Provider = { name: 'app-store-connect', requestId: ['errors.id'] };
