type Header = (name: string) => string | undefined;

/** What a client library says about its own retries. */
export interface Announced {
  /** Shared by all attempts of one logical call, where the library sends such a thing. */
  readonly id: string | undefined;
  /** Attempts before this one. */
  readonly resent: number | undefined;
}

interface Convention {
  readonly of: string;
  readonly id?: (header: Header) => string | undefined;
  readonly resent?: (header: Header) => number | undefined;
}

const whole = (text: string | undefined, minus = 0): number | undefined => {
  if (text === undefined || !/^\d{1,4}$/.test(text)) return undefined;
  return Math.max(0, Number(text) - minus);
};
const within = (text: string | undefined, pattern: RegExp): string | undefined =>
  text === undefined ? undefined : pattern.exec(text)?.[1];

/** One row per family of SDKs; the header names are the SDKs' own. */
export const CONVENTIONS: readonly Convention[] = [
  { of: 'openai, anthropic and other Stainless SDKs', resent: (h) => whole(h('x-stainless-retry-count')) },
  {
    of: 'AWS SDK v3',
    id: (h) => h('amz-sdk-invocation-id'),
    resent: (h) => whole(within(h('amz-sdk-request'), /(?:^|[\s;])attempt=(\d+)/), 1),
  },
  {
    of: 'Google Cloud clients',
    id: (h) => within(h('x-goog-api-client'), /gccl-invocation-id\/([\w-]{1,64})/),
    resent: (h) => whole(within(h('x-goog-api-client'), /gccl-attempt-count\/(\d+)/), 1),
  },
  { of: 'gRPC (A6, Client Retries)', resent: (h) => whole(h('grpc-previous-rpc-attempts')) },
  { of: 'Azure SDKs', id: (h) => h('x-ms-client-request-id') },
];

export function announced(header: Header): Announced {
  let id: string | undefined;
  let resent: number | undefined;
  for (const convention of CONVENTIONS) {
    id ??= convention.id?.(header);
    resent ??= convention.resent?.(header);
  }
  return { id, resent };
}

/**
 * Reads sent as POST, by path: inference, embeddings, search. Repeated they change nothing, but what is computed is paid for twice. Paths of
 * OpenAI and those who speak its dialect, Anthropic, Google, Bedrock, Cohere, Ollama, Elasticsearch; `messages` alone is none, because elsewhere
 * it sends one.
 */
const READS =
  /\/(?:chat\/completions|completions|embeddings|rerank|moderations|audio\/(?:speech|transcriptions|translations)|images\/generations|_search|_msearch|_count|search)(?:\/[\w-]{1,32})?$|\/v1\/(?:messages(?:\/count_tokens)?|responses)$|:(?:generateContent|streamGenerateContent|embedContent|batchEmbedContents|countTokens|predict|rawPredict|streamRawPredict|search|runQuery)$|\/model\/[^/]{1,128}\/(?:invoke|invoke-with-response-stream|converse|converse-stream)$|\/api\/(?:generate|chat|embed|embeddings)$|\/v[12]\/(?:chat|embed|classify|tokenize|generate)$/;
/** Those whose `/v1/messages` sends one. */
const MESSENGERS = /whatsapp|vonage|nexmo|sms|twilio|messag|telnyx|infobip/;

export function isReadByPost(method: string, host: string, path: string): boolean {
  if (method !== 'POST') return false;
  const query = path.indexOf('?');
  const bare = query < 0 ? path : path.slice(0, query);
  return READS.test(bare) && !(bare.endsWith('/messages') && MESSENGERS.test(host));
}
