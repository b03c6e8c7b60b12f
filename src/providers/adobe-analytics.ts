import type { Provider } from './provider.ts';

/** `errorId` names the occurrence; 429050 is the gateway's rate limit. */
export const adobeAnalytics: Provider = {
  name: 'adobe-analytics',
  requestId: ['errorid'],
  layers: { 429050: 'throttling' },
};
