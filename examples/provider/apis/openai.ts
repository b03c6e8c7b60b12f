import { ALNUM, type Api, HEX, json, random } from '../api.ts';

/** OpenAI: errors as `{"error":{"code","type","message","param"}}`, `x-request-id`, `x-ratelimit-*` on every answer. */
const headers = (id: string, remaining = 412) => ({
  'x-request-id': id,
  'openai-processing-ms': '23',
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '500',
  'x-ratelimit-remaining-requests': String(remaining),
  'x-ratelimit-reset-requests': '1.2s',
});
const failure = (message: string, type: string, code: string | null) => ({
  error: { message, type, param: null, code },
});

export const openai: Api = {
  name: 'openai',
  host: 'api.openai.test',
  keepAlive: true,
  requestId: () => `req_${random(32, HEX)}`,
  accepts: (ask) => ask.header('authorization') === 'Bearer sk-example',
  ok: (_ask, id) =>
    json(200, headers(id), {
      id: `chatcmpl-${random(29, ALNUM)}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: 'gpt-5-mini',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Shipped on Monday.' } }],
      usage: { prompt_tokens: 19, completion_tokens: 5, total_tokens: 24 },
    }),
  unauthorized: (_ask, id) =>
    json(401, headers(id), failure('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key')),
  throttled: (_ask, id) =>
    json(
      429,
      { ...headers(id, 0), 'retry-after': '2', 'retry-after-ms': '1250' },
      failure('Rate limit reached for gpt-5-mini on requests per min.', 'requests', 'rate_limit_exceeded'),
    ),
  outage: (_ask, id) =>
    json(503, headers(id), failure('The engine is currently overloaded.', 'server_error', 'service_unavailable')),
};
