export type { Answer, Evidence, RateLimit } from './base/types.ts';
export { extract, extractGood, failsByHeaders } from './classify/extract.ts';
