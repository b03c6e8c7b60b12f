export type { Answer, Evidence, RateLimit } from './base/types.ts';
export { extract } from './classify/extract.ts';
export { extractGood, failsByHeaders } from './classify/success-fast-path.ts';
