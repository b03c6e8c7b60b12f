import type { Provider } from './provider.ts';

/**
 * Providers that need no reading of their own, only a row: those that report failures inside a 2xx, and codes whose words do not say
 * what they mean. Sources: each vendor's page of error codes.
 */
export const TABLES: readonly Provider[] = [
  {
    name: 'slack',
    readsSuccess: true,
    layers: { unknown_method: 'endpoint', fatal_error: 'service', internal_error: 'service' },
  },
  { name: 'github', layers: { RATE_LIMITED: 'throttling' } },
  {
    name: 'monday',
    readsSuccess: true,
    layers: { ComplexityException: 'throttling', maxComplexityExceeded: 'throttling' },
  },
  { name: 'linear', readsSuccess: true, layers: { RATELIMITED: 'throttling' } },
  {
    name: 'vonage',
    readsSuccess: true,
    code: ['messages.status'],
    layers: { 1: 'throttling', 4: 'auth', 5: 'service', 9: 'throttling', 14: 'auth' },
  },
  {
    name: 'apilayer',
    readsSuccess: true,
    layers: { 101: 'auth', 102: 'auth', 103: 'endpoint', 104: 'throttling', 106: 'throttling' },
  },
  {
    name: 'kraken',
    readsSuccess: true,
    layers: { 'EAPI:Invalid nonce': 'auth', 'EAPI:Invalid key': 'auth', 'EAPI:Invalid signature': 'auth' },
  },
  { name: 'tencent-cloud', readsSuccess: true },
  { name: 'json-rpc-2', readsSuccess: true },
  {
    name: 'clickhouse',
    readsSuccess: true,
    layers: { 159: 'service', 202: 'throttling', 241: 'service', 516: 'auth' },
  },
  {
    name: 'aws',
    readsSuccess: /^(?:dynamodb|kinesis|firehose|events|sqs|sns)\.|\.(?:es|aoss)\.amazonaws\.com$/,
  },
  { name: 'google-apis', readsSuccess: /^firestore\./ },
  { name: 'salesforce', readsSuccess: true },
  { name: 'expo-push', readsSuccess: true },
  { name: 'viber', readsSuccess: true, layers: { 2: 'auth', 12: 'throttling' } },
  { name: 'coinbase', readsSuccess: true },
  { name: 'neo4j', readsSuccess: true },
  { name: 'replicate', readsSuccess: true },
  { name: 'google-maps-legacy', readsSuccess: true },
  { name: 'x-twitter', readsSuccess: true },
  { name: 'zoho-crm', readsSuccess: true },
  { name: 'tiktok', readsSuccess: true },
  { name: 'cloudflare-api', readsSuccess: true },
  { name: 'elasticsearch', readsSuccess: true },
  { name: 'sinch', readsSuccess: true },
  { name: 'yodlee', readsSuccess: true },
  { name: 'discord', layers: { 50013: 'auth', 50001: 'auth', 20028: 'throttling', 31002: 'throttling' } },
  {
    name: 'twilio',
    layers: { 20003: 'auth', 20404: 'endpoint', 20429: 'throttling', 14107: 'throttling', 63038: 'throttling' },
  },
  { name: 'pagerduty', layers: { 2006: 'auth', 2010: 'auth', 2012: 'auth', 2020: 'throttling' } },
  { name: 'okta', layers: { E0000004: 'auth', E0000005: 'auth', E0000011: 'auth', E0000047: 'throttling' } },
  {
    name: 'binance',
    layers: {
      '-1003': 'throttling',
      '-1015': 'throttling',
      '-1021': 'auth',
      '-1022': 'auth',
      '-2014': 'auth',
      '-2015': 'auth',
    },
  },
  { name: 'snowflake', layers: { 390114: 'auth', 390318: 'auth', 390144: 'auth' } },
  { name: 'ably', layers: { 40142: 'auth', 40140: 'auth', 40141: 'auth', 42910: 'throttling', 42911: 'throttling' } },
  { name: 'ebay', layers: { 1001: 'auth', 1002: 'auth', 2001: 'throttling' } },
  { name: 'linkedin', layers: { 65600: 'auth', 65601: 'auth', 65602: 'auth' } },
  { name: 'quickbooks-online', layers: { 3100: 'auth', 3200: 'auth', 3001: 'throttling' } },
  { name: 'zoom', layers: { 124: 'auth', 4711: 'auth' } },
  { name: 'plaid', layers: { ITEM_LOGIN_REQUIRED: 'auth' } },
  { name: 'amazon-sp-api', layers: { QuotaExceeded: 'throttling' } },
];
