import type { Provider } from './provider.ts';

/** Always 200; `messages` is the API's verdict, `transactionResponse.errors` the processor's. */
export const authorizeNet: Provider = {
  name: 'authorize-net',
  readsSuccess: true,
  code: ['messages.message.code'],
  layers: { E00005: 'auth', E00006: 'auth', E00007: 'auth', E00008: 'auth', E00009: 'service', E00053: 'service' },
  subcode: ['transactionresponse.errors.errorcode'],
};
