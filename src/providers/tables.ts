import type { LayerName } from '../contract/layers.ts';
import { inverse } from '../lists.ts';
import { Memory } from '../memo.ts';
import { fingerprint } from './fingerprints.ts';
import { addHosts } from './name.ts';

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

/** A provider's row: its codes by the layer they mean, separated by commas. */
type Row = Omit<Provider, 'name' | 'layers'> & { readonly layers?: { readonly [K in LayerName]?: string } };

/**
 * What providers do differently, by their names in the catalogue: failures inside a 2xx, codes whose words do not say what they mean, request
 * IDs that support wants. Sources: each vendor's page of error codes.
 */
const TABLES: Readonly<Record<string, Row>> = {
  slack: { readsSuccess: true, layers: { endpoint: 'unknown_method', service: 'fatal_error, internal_error' } },
  github: { layers: { throttling: 'RATE_LIMITED' } },
  monday: { readsSuccess: true, layers: { throttling: 'ComplexityException, maxComplexityExceeded' } },
  linear: { readsSuccess: true, layers: { throttling: 'RATELIMITED' } },
  vonage: {
    readsSuccess: true,
    code: ['messages.status'],
    layers: { throttling: '1, 9', auth: '4, 14', service: '5' },
  },
  apilayer: { readsSuccess: true, layers: { auth: '101, 102, 106', endpoint: '103', throttling: '104' } },
  kraken: { readsSuccess: true, layers: { auth: 'EAPI:Invalid nonce, EAPI:Invalid key, EAPI:Invalid signature' } },
  clickhouse: { readsSuccess: true, layers: { service: '159, 241', throttling: '202', auth: '516' } },
  aws: { readsSuccess: /^(?:dynamodb|kinesis|firehose|events|sqs|sns)\.|\.(?:es|aoss)\.amazonaws\.com$/ },
  'google-apis': { readsSuccess: /^firestore\./ },
  viber: { readsSuccess: true, layers: { auth: '2', throttling: '12' } },
  discord: { layers: { auth: '50013, 50001', throttling: '20028, 31002' } },
  twilio: { layers: { auth: '20003', endpoint: '20404', throttling: '20429, 14107, 63038' } },
  pagerduty: { layers: { auth: '2006, 2010, 2012', throttling: '2020' } },
  okta: { layers: { auth: 'E0000004, E0000005, E0000011', throttling: 'E0000047' } },
  binance: { layers: { throttling: '-1003, -1015', auth: '-1021, -1022, -2014, -2015' } },
  baidu: {
    readsSuccess: true,
    layers: {
      auth: '6, 13, 14, 100, 110, 111',
      throttling: '4, 17, 18, 19, 336501, 336502',
      service: '2, 336000, 336100',
    },
  },
  minimax: {
    readsSuccess: true,
    layers: { throttling: '1002, 1008, 1039', auth: '1004, 2049', service: '1000, 1001' },
  },
  snowflake: { layers: { auth: '390114, 390318, 390144' } },
  ably: { layers: { auth: '40142, 40140, 40141', throttling: '42910, 42911' } },
  ebay: { layers: { auth: '1001, 1002', throttling: '2001' } },
  linkedin: { layers: { auth: '65600, 65601, 65602' } },
  'quickbooks-online': { layers: { auth: '3100, 3200', throttling: '3001' } },
  zoom: { layers: { auth: '124, 4711' } },
  plaid: { layers: { auth: 'ITEM_LOGIN_REQUIRED' } },
  'amazon-sp-api': { layers: { throttling: 'QuotaExceeded' } },
  // `errorId` names the occurrence; 429050 is the gateway's rate limit.
  'adobe-analytics': { requestId: ['errorid'], layers: { throttling: '429050' } },
  // The ID of the error object, not the header, is what support asks for.
  'app-store-connect': { requestId: ['errors.id'] },
  // A 500 carries a phrase that support finds the log by.
  asana: { requestId: ['errors.phrase'] },
  // Always 200; `messages` is the API's verdict, `transactionResponse.errors` the processor's.
  'authorize-net': {
    readsSuccess: true,
    code: ['messages.message.code'],
    subcode: ['transactionresponse.errors.errorcode'],
    layers: { auth: 'E00005, E00006, E00007, E00008', service: 'E00009, E00053' },
  },
  // `message` is the code, even where it reads like the reason phrase; `errors` has the field's own.
  bitly: { code: ['errors.errorcode', 'message'], subcode: ['message'] },
  // Support asks for the body's `request_id`.
  box: { requestId: ['requestid'] },
  // `category` is the documented code; the codes of single fields follow in `errors`. https://developers.hubspot.com/docs/api-reference/error-handling
  hubspot: { code: ['category|errortype'], subcode: ['subcategory', 'errors.code'] },
  // Support asks for `fbtrace_id`. Throttling comes with 400; 102, 190 and 463 are tokens. https://developers.facebook.com/docs/graph-api/guides/error-handling
  'meta-graph': {
    requestId: ['error.fbtraceid'],
    delay: (header) => regainSeconds(header('x-business-use-case-usage')),
    layers: {
      service: '1, 2',
      auth: '10, 102, 190, 200',
      throttling: `4, 17, 32, 341, 368, 613, ${Array.from({ length: 15 }, (_, i) => 80_000 + i).join(', ')}`,
    },
  },
  // SAP Gateway: the transaction ID of the error log (transaction /IWFND/ERROR_LOG).
  'sap-odata': { requestId: ['error.innererror.transactionid'] },
  // GraphQL mutations report invalid input under the mutation's own name. https://shopify.dev/docs/api/admin-graphql#errors
  shopify: {
    readsSuccess: true,
    code: ['data.*.usererrors.code'],
    failure: ['data.*.usererrors'],
    layers: { payload: 'MAX_COST_EXCEEDED' },
  },
  // `error` is a token, a sentence or an object with a `title`.
  zendesk: { code: ['error.title'] },
  ...Object.fromEntries(FAIL_IN_SUCCESS.map((name) => [name, { readsSuccess: true as const }])),
};

const OVERRIDES: ReadonlyMap<string, Provider> = new Map(
  Object.entries(TABLES).map(([name, { layers, ...row }]) => [
    name,
    layers === undefined ? { name, ...row } : { name, ...row, layers: Object.fromEntries(inverse(layers, ', ')) },
  ]),
);

/** The application's own. */
const added = Memory.part(() => new Map<string, Provider>());

/** What a provider does differently, by its name in the catalogue; undefined for most. */
export const override = (name: string): Provider | undefined => added().get(name) ?? OVERRIDES.get(name);

/** The same for an answer: by the host's name if the catalogue has it, else by what its headers give away. */
export function overrideOf(listed: string | undefined, headerNames: readonly string[]): Provider | undefined {
  const name = listed ?? fingerprint(headerNames);
  return name === undefined ? undefined : override(name);
}

/** A provider of the application's own. */
export interface CustomProvider extends Provider {
  /** Host names; a leading dot stands for all names below. */
  readonly hosts: readonly string[];
}

/** Makes providers known to this engine. Throws a sentence for one that cannot be used. */
export function addProviders(providers: readonly CustomProvider[]): void {
  for (const provider of providers) {
    if (typeof provider.name !== 'string' || !/^[\w.:-]{1,64}$/.test(provider.name))
      throw new Error("a provider needs a name of letters, digits, '.', ':', '_' or '-'");
    if (!Array.isArray(provider.hosts)) throw new Error(`the provider ${provider.name} needs a list of hosts`);
    addHosts(provider.hosts, provider.name);
    added().set(provider.name, provider);
  }
}
