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
