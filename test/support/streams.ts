import { crc32 } from 'node:zlib';

/** Streamed answers as their providers document them, and what each says of its call. Shared by the reader's tests, the matrix and the bench. */
export interface StreamCase {
  readonly name: string;
  readonly type: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** `error` with its code, if it has one, and its layer (`payload` if none is given); `unfinished`; or a good stream. */
  readonly says: 'good' | 'unfinished' | 'error';
  readonly code?: string;
  readonly layer?: string;
}

const SSE = 'text/event-stream';
const text = (value: string): Buffer => Buffer.from(value, 'utf8');
export const data = (value: unknown): string =>
  `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
export const event = (name: string, value: object): string => `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;

export const QUOTED =
  'They said: event: error\ndata: {"error":{"code":"server_error"}}\n\nand {"type":"error","error":{"type":"overloaded_error"}} "response.failed"';

export const chat = (content: string, finish: string | null = null): string =>
  data({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  });
const chats = (count: number, content = 'word '): string => chat(content).repeat(count);
const DONE = 'data: [DONE]\n\n';

const messageStart = event('message_start', { type: 'message_start', message: { id: 'msg_1', content: [] } });
const delta = (words: string): string =>
  event('content_block_delta', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: words } });
const messageStop = event('message_stop', { type: 'message_stop' });
const overloaded = event('error', {
  type: 'error',
  error: { type: 'overloaded_error', message: 'Overloaded' },
  request_id: 'req_011',
});

const response = (status: string, error: unknown, more: object = {}): object => ({
  id: 'resp_1',
  object: 'response',
  status,
  error,
  instructions: 'word '.repeat(6000),
  ...more,
});
const created = event('response.created', { type: 'response.created', response: response('in_progress', null) });
const outputDelta = event('response.output_text.delta', { type: 'response.output_text.delta', delta: `x ${QUOTED}` });

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;
const ollama = (done: boolean, words = 'word'): string => json({ model: 'llama', response: words, done });

/** One frame of AWS' event-stream encoding. */
export function awsFrame(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const parts = Object.entries(headers).map(([name, value]) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(value.length);
    return Buffer.concat([Buffer.from([name.length]), text(name), Buffer.from([7]), length, text(value)]);
  });
  const head = Buffer.concat(parts);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + head.length + Buffer.byteLength(payload), 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const frame = Buffer.concat([prelude, head, text(payload)]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(frame));
  return Buffer.concat([frame, sum]);
}
const awsEvent = (type: string, payload: object): Buffer =>
  awsFrame(
    { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' },
    JSON.stringify(payload),
  );

export function envelope(flags: number, payload: string): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(Buffer.byteLength(payload), 1);
  return Buffer.concat([prefix, text(payload)]);
}

const gemini = (words: string): object => ({
  candidates: [{ content: { parts: [{ text: words }], role: 'model' } }],
  usageMetadata: { promptTokenCount: 4 },
});
const pretty = (...elements: object[]): string =>
  `[${elements.map((e) => JSON.stringify(e, null, 2)).join('\n,\r\n')}\n]\n`;
const rows = 'a\tb\t17\n'.repeat(4000);
const pod = json({
  type: 'MODIFIED',
  object: { kind: 'Pod', status: { error: 'quoted', conditions: [{ type: 'ERROR' }] } },
});

export const sse = (
  name: string,
  body: string,
  says: StreamCase['says'],
  code?: string,
  layer?: string,
): StreamCase => ({
  name,
  type: SSE,
  bytes: text(body),
  says,
  ...(code && { code }),
  ...(layer && { layer }),
});
export const of =
  (type: string) =>
  (name: string, bytes: Buffer | string, says: StreamCase['says'], more: Partial<StreamCase> = {}): StreamCase => ({
    name,
    type,
    bytes: typeof bytes === 'string' ? text(bytes) : bytes,
    says,
    ...more,
  });
const ndjson = of('application/x-ndjson');
const aws = of('application/vnd.amazon.eventstream');
const connect = of('application/connect+json');
const web = of('application/grpc-web+proto');
const watch = { path: '/api/v1/pods?watch=true' };
const exception =
  'Code: 241. DB::Exception: Memory limit (total) exceeded: would use 9.31 GiB. (MEMORY_LIMIT_EXCEEDED) (version 24.8.4.13)\n';

export const STREAMS: readonly StreamCase[] = [
  sse(
    'Dify: the event is named in the document',
    data({ event: 'message', task_id: 't1', answer: 'Hi' }) +
      data({ event: 'error', task_id: 't1', status: 400, code: 'completion_request_error', message: '[openai] no' }),
    'error',
    'completion_request_error',
    'payload',
  ),
  sse(
    'Baidu: a flat code with its message',
    data({ id: 'as-1', sentence_id: 0, is_end: false, result: 'a' }) +
      data({ error_code: 336100, error_msg: 'the server is busy, please try again later', id: 'as-1' }),
    'error',
    '336100',
    'payload',
  ),
  sse(
    'Gemini: an error in a list of its own',
    chat('a') + data([{ error: { code: 503, message: 'Try again later.', status: 'UNAVAILABLE' } }]),
    'error',
    'UNAVAILABLE',
    'service',
  ),
  sse(
    'DashScope: no blanks, and the status in a comment',
    'id:1\nevent:result\n:HTTP_STATUS/200\ndata:{"output":{"text":"a"},"request_id":"r1"}\n\n' +
      'id:2\nevent:error\n:HTTP_STATUS/429\ndata:{"code":"Throttling.RateQuota","message":"rate limit exceeded","request_id":"r1"}\n\n',
    'error',
    'Throttling.RateQuota',
    'throttling',
  ),
  sse(
    'rows with an empty error code',
    data({ error_code: 0, error_msg: 'success', row: 1 }) + data({ error_code: 0, error_msg: 'success', row: 2 }),
    'good',
  ),
  sse(
    'anthropic: overloaded in the middle',
    messageStart + delta('a').repeat(40) + overloaded,
    'error',
    'overloaded_error',
    'throttling',
  ),
  sse('anthropic: overloaded at once', overloaded, 'error', 'overloaded_error', 'throttling'),
  sse('anthropic: cut in good order', messageStart + delta('a').repeat(40), 'unfinished'),
  sse('anthropic: good', messageStart + delta('a').repeat(40) + messageStop, 'good'),
  sse('anthropic: good, quoting', messageStart + delta(QUOTED).repeat(40) + messageStop, 'good'),
  sse(
    'chat: error in the middle',
    chats(5) + data({ error: { code: 'server_error', message: 'The server had an error', type: 'server_error' } }),
    'error',
    'server_error',
    'service',
  ),
  sse(
    'chat: error after 72 KB',
    chats(450) + data({ error: { code: 'rate_limit_exceeded', message: 'Rate limit reached', type: 'requests' } }),
    'error',
    'rate_limit_exceeded',
    'throttling',
  ),
  sse('chat: no [DONE] and no reason', chats(30), 'unfinished'),
  sse('chat: good', chats(450) + chat('', 'stop') + DONE, 'good'),
  sse('chat: good without [DONE]', chats(30) + chat('', 'stop'), 'good'),
  sse('chat: length', chats(30) + chat('', 'length') + DONE, 'good'),
  sse('chat: content filter', chats(30) + chat('', 'content_filter') + DONE, 'good'),
  sse('chat: good, quoting', chats(60, QUOTED) + chat('', 'stop') + DONE, 'good'),
  sse(
    'chat: good with error null',
    data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', error: null, choices: [] }).repeat(30) + DONE,
    'good',
  ),
  sse(
    'openrouter: error with a reason',
    `: OPENROUTER PROCESSING\n\n${chats(8)}${data({ id: 'gen-1', object: 'chat.completion.chunk', created: 1, model: 'm', provider: 'p', error: { code: 502, message: 'Provider disconnected' }, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] })}${DONE}`,
    'error',
    undefined,
    'service',
  ),
  sse(
    'vllm: error and [DONE]',
    chats(8) +
      data({ error: { object: 'error', message: 'engine died', type: 'InternalServerError', code: 500 } }) +
      DONE,
    'error',
    'InternalServerError',
    'service',
  ),
  sse(
    'responses: error and failed',
    created +
      outputDelta.repeat(3) +
      event('error', {
        type: 'error',
        code: 'insufficient_quota',
        message: 'You exceeded your current quota',
        param: null,
      }) +
      event('response.failed', {
        type: 'response.failed',
        response: response('failed', { code: 'insufficient_quota', message: 'quota' }),
      }),
    'error',
    'insufficient_quota',
    'throttling',
  ),
  sse(
    'responses: failed alone, 30 KB',
    created +
      outputDelta +
      event('response.failed', {
        type: 'response.failed',
        sequence_number: 4,
        response: response('failed', { code: 'server_error', message: 'sorry' }),
      }),
    'error',
    'server_error',
    'service',
  ),
  sse(
    'responses: failed, its error behind 30 KB',
    created +
      `event: response.failed\ndata: ${JSON.stringify({ type: 'response.failed', response: { id: 'resp_1', instructions: 'word '.repeat(6000), error: { code: 'rate_limit_exceeded', message: 'slow' } } })}\n\n`,
    'error',
    'rate_limit_exceeded',
    'throttling',
  ),
  sse(
    'responses: completed, 30 KB',
    created +
      outputDelta.repeat(40) +
      event('response.completed', {
        type: 'response.completed',
        response: response('completed', null, {
          output: [{ type: 'mcp_call', error: { type: 'tool', message: 'no' } }],
        }),
      }),
    'good',
  ),
  sse(
    'responses: incomplete',
    created + event('response.incomplete', { type: 'response.incomplete', response: response('incomplete', null) }),
    'good',
  ),
  sse('responses: cut', created + outputDelta.repeat(40), 'unfinished'),
  sse(
    'gemini: error',
    data(gemini('a')).repeat(20) +
      data({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }),
    'error',
    'UNAVAILABLE',
    'service',
  ),
  sse(
    'gemini: malformed call',
    data(gemini('a')).repeat(20) + data({ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }] }),
    'good',
  ),
  sse('gemini: good with CRLF', data(gemini(QUOTED)).replaceAll('\n', '\r\n').repeat(40), 'good'),
  sse(
    'gemini: error with CRLF',
    (
      data(gemini('a')).repeat(20) + data({ error: { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED' } })
    ).replaceAll('\n', '\r\n'),
    'error',
    'RESOURCE_EXHAUSTED',
    'throttling',
  ),
  sse('plain text error event', `event: message\ndata: hello\n\nevent: error\ndata: upstream went away\n\n`, 'error'),
  sse(
    'text that speaks of errors',
    `data: event: error\n\ndata: {"level":"error","msg":"x","error":{"message":"no"}}\n\n`.repeat(30),
    'good',
  ),
  sse(
    'graphql: errors in next',
    event('next', { data: { a: 1 } }) +
      event('next', { data: null, errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] }) +
      'event: complete\ndata: \n\n',
    'error',
    'UNAUTHENTICATED',
    'auth',
  ),
  sse('graphql: good', `${event('next', { data: { errors: [] } }).repeat(10)}event: complete\ndata: \n\n`, 'good'),
  sse(
    'json-rpc: error',
    event('message', { jsonrpc: '2.0', id: 3, error: { code: -32602, message: 'Invalid params' } }),
    'error',
    '-32602',
    'payload',
  ),
  sse(
    'json-rpc: error of the server',
    event('message', { jsonrpc: '2.0', method: 'notifications/progress', params: {} }) +
      event('message', { jsonrpc: '2.0', id: 3, error: { code: -32603, message: 'Internal error' } }),
    'error',
    '-32603',
    'service',
  ),
  sse(
    'mcp: tool error',
    event('message', {
      jsonrpc: '2.0',
      id: 3,
      result: { content: [{ type: 'text', text: 'no such file' }], isError: true },
    }),
    'error',
    undefined,
    'payload',
  ),
  sse(
    'mcp: good',
    event('message', {
      jsonrpc: '2.0',
      id: 3,
      result: { content: [{ type: 'text', text: '{"isError":true} error' }], isError: false },
    }),
    'good',
  ),
  ndjson(
    'ollama: error',
    ollama(false).repeat(300) + json({ error: 'model runner has unexpectedly stopped' }),
    'error',
  ),
  ndjson('ollama: cut', ollama(false).repeat(300), 'unfinished'),
  ndjson('ollama: good', ollama(false).repeat(300) + ollama(true), 'good'),
  ndjson('ollama: good, quoting', ollama(false, QUOTED).repeat(60) + ollama(true), 'good'),
  ndjson(
    'records that have errors',
    json({ id: 1, custom_id: 'a', response: null, error: { code: 'x', message: 'm' } }).repeat(40),
    'good',
  ),
  ndjson('a log', json({ error: 'refused', level: 'error', msg: 'cannot connect', time: 1 }).repeat(40), 'good'),
  ndjson(
    'rows with an error among others',
    json({ id: 1, error: { code: 'x', message: 'm' } }) + json({ id: 2 }).repeat(40),
    'good',
  ),
  of('application/json')(
    'docker: build failed',
    json({ stream: 'Step 1/3' }).repeat(50) +
      json({ errorDetail: { code: 1, message: 'returned a non-zero code: 1' }, error: 'returned a non-zero code: 1' }),
    'error',
    { headers: { server: 'Docker/27.1 (linux)' }, code: '1' },
  ),
  of('application/json')('docker: good', json({ stream: 'no error here: {"error"' }).repeat(50), 'good', {
    headers: { server: 'Docker/27.1 (linux)' },
  }),
  of('application/json')(
    'kubernetes: error',
    pod.repeat(30) +
      json({
        type: 'ERROR',
        object: { kind: 'Status', status: 'Failure', reason: 'InternalError', message: 'etcd', code: 500 },
      }),
    'error',
    { ...watch, code: 'InternalError', layer: 'service' },
  ),
  of('application/json')(
    'kubernetes: expired',
    pod.repeat(30) +
      json({
        type: 'ERROR',
        object: { kind: 'Status', reason: 'Expired', code: 410, message: 'too old resource version' },
      }),
    'good',
    watch,
  ),
  of('application/json')('kubernetes: good', pod.repeat(200), 'good', watch),
  of('application/json')(
    'gemini array: error',
    pretty(gemini('a'), gemini('b'), { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }),
    'error',
    { path: '/v1beta/models/g:streamGenerateContent', code: 'UNAVAILABLE', layer: 'service' },
  ),
  of('application/json')(
    'gemini array: good, quoting',
    pretty(...Array.from({ length: 40 }, () => gemini(`[{"error": {"code": 1, ${QUOTED}`))),
    'good',
    { path: '/v1beta/models/g:streamGenerateContent' },
  ),
  aws(
    'bedrock: throttled',
    Buffer.concat([
      awsEvent('messageStart', { role: 'assistant' }),
      ...Array.from({ length: 20 }, () => awsEvent('contentBlockDelta', { delta: { text: 'exception' } })),
      awsFrame(
        { ':message-type': 'exception', ':exception-type': 'throttlingException', ':content-type': 'application/json' },
        '{"message":"Too many tokens, please wait before trying again."}',
      ),
    ]),
    'error',
    { code: 'throttlingException', layer: 'throttling' },
  ),
  aws(
    'bedrock: internal',
    awsFrame(
      {
        ':message-type': 'error',
        ':error-code': 'InternalServerException',
        ':error-message': 'The system encountered an unexpected error',
      },
      '',
    ),
    'error',
    { code: 'InternalServerException', layer: 'service' },
  ),
  aws(
    'bedrock: cut',
    Buffer.concat([
      awsEvent('messageStart', { role: 'assistant' }),
      awsEvent('contentBlockDelta', { delta: { text: 'a' } }),
    ]),
    'unfinished',
  ),
  aws(
    'bedrock: good, quoting',
    Buffer.concat([
      awsEvent('messageStart', {}),
      awsEvent('contentBlockDelta', { delta: { text: ':message-type\u0007\u0000\u0009exception' } }),
      awsEvent('messageStop', { stopReason: 'end_turn' }),
      awsEvent('metadata', {}),
    ]),
    'good',
  ),
  connect(
    'connect: unavailable',
    Buffer.concat([
      envelope(0, '{"a":1}'),
      envelope(0, '{"error":{"code":"internal"}}'),
      envelope(2, '{"error":{"code":"unavailable","message":"later"},"metadata":{}}'),
    ]),
    'error',
    { code: 'unavailable', layer: 'service' },
  ),
  connect('connect: not found', envelope(2, '{"error":{"code":"not_found"}}'), 'error', {
    code: 'not_found',
    layer: 'endpoint',
  }),
  connect('connect: no end', Buffer.concat([envelope(0, '{"a":1}'), envelope(0, '{"a":2}')]), 'unfinished'),
  connect(
    'connect: good, quoting',
    Buffer.concat([envelope(0, '{"error":{"code":"internal"}}'), envelope(2, '{}')]),
    'good',
  ),
  web(
    'grpc-web: exhausted',
    Buffer.concat([envelope(0, 'message'), envelope(0x80, 'grpc-status: 8\r\ngrpc-message: too%20much\r\n')]),
    'error',
    { code: '8', layer: 'throttling' },
  ),
  web('grpc-web: no trailers', envelope(0, 'grpc-status: 8\r\n'), 'unfinished'),
  web(
    'grpc-web: good',
    Buffer.concat([envelope(0, 'grpc-status: 8\r\n'), envelope(0x80, 'grpc-status:0\r\n')]),
    'good',
  ),
  of('application/grpc-web-text')(
    'grpc-web-text: denied',
    envelope(0, 'message').toString('base64') + envelope(0x80, 'grpc-status: 7\r\n').toString('base64'),
    'error',
    { code: '7', layer: 'auth' },
  ),
  of('text/tab-separated-values')('clickhouse: late exception', rows + exception, 'error', {
    headers: { 'x-clickhouse-query-id': 'q' },
    code: '241',
    layer: 'service',
  }),
  of('text/tab-separated-values')(
    'clickhouse: framed exception',
    `${rows}__exception__\r\nabcdefghijklmnop\r\n${exception}117 abcdefghijklmnop\r\n__exception__\r\n`,
    'error',
    { headers: { 'x-clickhouse-query-id': 'q' }, code: '241', layer: 'service' },
  ),
  of('text/tab-separated-values')(
    'clickhouse: rows that quote one',
    `1\t${exception.trim()}\tx\n`.repeat(200),
    'good',
    { headers: { 'x-clickhouse-query-id': 'q' } },
  ),
];
