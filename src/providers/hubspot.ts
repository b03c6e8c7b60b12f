import type { Provider } from './provider.ts';

/** `category` is the documented code; the codes of single fields follow in `errors`. https://developers.hubspot.com/docs/api-reference/error-handling */
export const hubspot: Provider = {
  name: 'hubspot',
  code: ['category|errortype'],
  subcode: ['subcategory', 'errors.code'],
};
