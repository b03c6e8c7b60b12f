import { providerName } from './name.ts';

/** Providers that are known to report failures inside a 2xx body; only their successful answers are read. */
const READS_SUCCESS = new Set([
  'slack',
  'shopify',
  'monday',
  'github',
  'authorize-net',
  'vonage',
  'apilayer',
  'kraken',
  'tencent-cloud',
  'json-rpc-2',
  'clickhouse',
]);

/** Whether a successful answer of this host may hold a failure. */
export const readsSuccessBodies = (host: string): boolean => READS_SUCCESS.has(providerName(host));
