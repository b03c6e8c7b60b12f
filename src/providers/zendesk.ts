import type { Provider } from './provider.ts';

/** `error` is a token, a sentence or an object with a `title`. */
export const zendesk: Provider = { name: 'zendesk', code: ['error.title'] };
