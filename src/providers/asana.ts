import type { Provider } from './provider.ts';

/** A 500 carries a phrase that support finds the log by. */
export const asana: Provider = { name: 'asana', requestId: ['errors.phrase'] };
