import type { Provider } from './provider.ts';

/** Always 200; `messages` is the API's verdict, `transactionResponse.errors` the processor's. */
export const authorizeNet: Provider = {
  name: 'authorize-net',
  readsSuccess: true,
  code: ['messages.message.code'],
  subcode: ['transactionresponse.errors.errorcode'],
};
