type Header = (name: string) => string | undefined;

/** What a client library says about its own retries. */
export interface Announced {
  /** Shared by all attempts of one logical call, where the library sends such a thing. */
  readonly id: string | undefined;
  /** Attempts before this one. */
  readonly resent: number | undefined;
}

const whole = (text: string | undefined, minus = 0): number | undefined => {
  if (text === undefined || !/^\d{1,4}$/.test(text)) return undefined;
  return Math.max(0, Number(text) - minus);
};
const within = (text: string | undefined, pattern: RegExp): string | undefined =>
  text === undefined ? undefined : pattern.exec(text)?.[1];

/** Reads the SDKs' own headers. */
export function announced(header: Header): Announced {
  const aws = header('amz-sdk-request');
  const google = header('x-goog-api-client');
  return {
    // AWS SDK v3, Google Cloud clients, Azure SDKs
    id:
      header('amz-sdk-invocation-id') ??
      within(google, /gccl-invocation-id\/([\w-]{1,64})/) ??
      header('x-ms-client-request-id'),
    // Stainless SDKs (OpenAI, Anthropic …), AWS SDK v3, Google Cloud clients, gRPC (A6, Client Retries)
    resent:
      whole(header('x-stainless-retry-count')) ??
      whole(within(aws, /(?:^|[\s;])attempt=(\d+)/), 1) ??
      whole(within(google, /gccl-attempt-count\/(\d+)/), 1) ??
      whole(header('grpc-previous-rpc-attempts')),
  };
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
