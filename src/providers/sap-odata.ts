import type { Provider } from './provider.ts';

/** SAP Gateway: the transaction ID of the error log (transaction /IWFND/ERROR_LOG). */
export const sapOdata: Provider = { name: 'sap-odata', requestId: ['error.innererror.transactionid'] };
