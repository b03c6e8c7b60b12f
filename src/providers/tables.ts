import type { LayerName } from '../contract/layers.ts';

/**
 * What one provider does differently from the generic rules. Paths use the names of `extract/parse/json-fields.ts`: lower case, without
 * separators, alternatives with `|`, arrays implied, `*` for any key.
 */
export interface Provider {
  /** Value of `api.provider.name`. */
  readonly name: string;
  /** Paths of the code, before the generic rules. A short phrase counts here. */
  readonly code?: readonly string[];
  /** Paths of a second, finer code. */
  readonly subcode?: readonly string[];
  /** Paths of the request ID in the body, which support asks for rather than the header. */
  readonly requestId?: readonly string[];
  /** Answers 2xx for failures, so successful bodies are read; an expression reads XML ones, and of JSON only batches of hosts that fit. */
  readonly readsSuccess?: true | RegExp;
  /** Paths that are empty or absent in a 2xx that succeeded. */
  readonly failure?: readonly string[];
  /** A header in JSON that says how many seconds to wait; `header` reads one by lower-case name. */
  readonly delay?: (header: (name: string) => string | undefined) => number | undefined;
  /** Codes whose meaning their words do not tell. */
  readonly layers?: Readonly<Record<string, LayerName>>;
}

const HEADER_CAP = 8192;

/** The longest `estimated_time_to_regain_access` (minutes) of any business, as seconds. */
function regainSeconds(text: string | undefined): number | undefined {
  if (text === undefined || text.length > HEADER_CAP) return undefined;
  let minutes = 0;
  for (const match of text.matchAll(/"estimated_time_to_regain_access":\s?(\d{1,6})/g))
    minutes = Math.max(minutes, Number(match[1]));
  return minutes > 0 ? minutes * 60 : undefined;
}

/** They report failures inside a 2xx, in ways that the generic rules read. */
const FAIL_IN_SUCCESS =
  'tencent-cloud json-rpc-2 salesforce expo-push coinbase neo4j replicate google-maps-legacy x-twitter zoho-crm tiktok cloudflare-api elasticsearch sinch yodlee'.split(
    ' ',
  );

/**
 * What providers do differently: failures inside a 2xx, codes whose words do not say what they mean, request IDs that support wants.
 * Sources: each vendor's page of error codes.
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
  { name: 'viber', readsSuccess: true, layers: { 2: 'auth', 12: 'throttling' } },
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
  // `errorId` names the occurrence; 429050 is the gateway's rate limit.
  {
    name: 'adobe-analytics',
    requestId: ['errorid'],
    layers: { 429050: 'throttling' },
  },
  // The ID of the error object, not the header, is what support asks for.
  { name: 'app-store-connect', requestId: ['errors.id'] },
  // A 500 carries a phrase that support finds the log by.
  { name: 'asana', requestId: ['errors.phrase'] },
  // Always 200; `messages` is the API's verdict, `transactionResponse.errors` the processor's.
  {
    name: 'authorize-net',
    readsSuccess: true,
    code: ['messages.message.code'],
    layers: { E00005: 'auth', E00006: 'auth', E00007: 'auth', E00008: 'auth', E00009: 'service', E00053: 'service' },
    subcode: ['transactionresponse.errors.errorcode'],
  },
  // `message` is the code, even where it reads like the reason phrase; `errors` has the field's own.
  { name: 'bitly', code: ['errors.errorcode', 'message'], subcode: ['message'] },
  // Support asks for the body's `request_id`.
  { name: 'box', requestId: ['requestid'] },
  // `category` is the documented code; the codes of single fields follow in `errors`. https://developers.hubspot.com/docs/api-reference/error-handling
  {
    name: 'hubspot',
    code: ['category|errortype'],
    subcode: ['subcategory', 'errors.code'],
  },
  // * Support asks for `fbtrace_id`. Throttling comes with 400, codes 4, 17, 32, 613 and 80000–80014; 102, 190 and 463 are tokens.
  // https://developers.facebook.com/docs/graph-api/guides/error-handling
  {
    name: 'meta-graph',
    requestId: ['error.fbtraceid'],
    delay: (header) => regainSeconds(header('x-business-use-case-usage')),
    layers: {
      1: 'service',
      2: 'service',
      4: 'throttling',
      10: 'auth',
      17: 'throttling',
      32: 'throttling',
      102: 'auth',
      190: 'auth',
      200: 'auth',
      341: 'throttling',
      368: 'throttling',
      613: 'throttling',
      ...Object.fromEntries(Array.from({ length: 15 }, (_, i) => [String(80_000 + i), 'throttling' as const])),
    },
  },
  // SAP Gateway: the transaction ID of the error log (transaction /IWFND/ERROR_LOG).
  { name: 'sap-odata', requestId: ['error.innererror.transactionid'] },
  // GraphQL mutations report invalid input under the mutation's own name. https://shopify.dev/docs/api/admin-graphql#errors
  {
    name: 'shopify',
    readsSuccess: true,
    code: ['data.*.usererrors.code'],
    failure: ['data.*.usererrors'],
    layers: { MAX_COST_EXCEEDED: 'payload' },
  },
  // `error` is a token, a sentence or an object with a `title`.
  { name: 'zendesk', code: ['error.title'] },
  ...FAIL_IN_SUCCESS.map((name): Provider => ({ name, readsSuccess: true })),
];
