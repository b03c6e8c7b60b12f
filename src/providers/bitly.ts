import type { Provider } from './provider.ts';

/** `message` is the code, even where it reads like the reason phrase; `errors` has the field's own. */
export const bitly: Provider = { name: 'bitly', code: ['errors.errorcode', 'message'], subcode: ['message'] };
