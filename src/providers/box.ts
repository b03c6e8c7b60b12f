import type { Provider } from './provider.ts';

/** Support asks for the body's `request_id`. */
export const box: Provider = { name: 'box', requestId: ['requestid'] };
