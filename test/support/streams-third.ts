import { crc32 } from 'node:zlib';
import { awsFrame, chat, data, envelope, event, of, QUOTED, type StreamCase, sse } from './streams.ts';

/**
 * Streams of APIs that are in neither list before, each as its documentation or its server's source has it. What each says was written down before
 * the reader saw any; the checksum of the name decides which half was looked at when the reader was mended. With the batches, and Kubo's
 * references, whose rows were not yet known: of the other half's 36 failures 16 were right at first sight, and 26 once the first half was mended.
 */
const line = (...values: unknown[]): string => values.map((one) => `${JSON.stringify(one)}\n`).join('');
const ndjson = of('application/x-ndjson');
const json = of('application/json');
const aws = of('application/vnd.amazon.eventstream');
const DONE = data('[DONE]');

const frame = (type: string, payload: object | string): Buffer =>
  awsFrame(
    { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' },
    typeof payload === 'string' ? payload : JSON.stringify(payload),
  );
const exception = (type: string, payload: object): Buffer =>
  awsFrame(
    { ':message-type': 'exception', ':exception-type': type, ':content-type': 'application/json' },
    JSON.stringify(payload),
  );
const frames = (...all: Buffer[]): Buffer => Buffer.concat(all);

const kubo = (name: string, path: string, says: StreamCase['says'], rows: readonly object[]): StreamCase =>
  json(name, line(...rows), says, { path, headers: { 'x-chunked-output': '1' } });
const gateway = { headers: { 'grpc-metadata-content-type': 'application/grpc' } };
/** Google's streaming methods over REST: one array, an element at a time. */
const elements = (...all: object[]): string =>
  `[${all.map((one) => JSON.stringify(one, null, 2)).join('\n,\r\n')}\n]\n`;

const part = (boundary: string, head: string, body: string): string => `--${boundary}\r\n${head}\r\n\r\n${body}\r\n`;
const JSON_PART = 'content-type: application/json; charset=utf-8';
const graphql = (boundary: string, ...bodies: object[]): string =>
  `\r\n${bodies.map((body) => part(boundary, JSON_PART, JSON.stringify(body))).join('')}`;
const http = (boundary: string, id: number, status: string, body: object): string =>
  part(
    boundary,
    `Content-Type: application/http\r\nContent-ID: <response-${id}>`,
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(body)}\r\n`,
  );
const subscription = of('multipart/mixed;boundary="graphql";subscriptionSpec="1.0"');
const deferred = of('multipart/mixed; boundary="-"; deferSpec=20220824');
const googleBatch = of('multipart/mixed; boundary=batch_foobar');
const POST = { path: '/graphql' };

const run = (type: string, more: object = {}): string => data({ type, ...more });
const AGENT_RUN = run('RUN_STARTED', { threadId: 't', runId: 'r' });
const agentText = (delta: string): string => run('TEXT_MESSAGE_CONTENT', { messageId: 'm', delta });

const glm = (content: string, finish: string | null = null): string =>
  data({ id: '2024', created: 1, model: 'glm-5', choices: [{ index: 0, finish_reason: finish, delta: { content } }] });
const pinecone = (type: string, more: object): string =>
  `data:${JSON.stringify({ type, id: '0000', model: 'gpt-4o', ...more })}\n\n`;
const ragflow = (code: number, message: string, value: unknown): string =>
  `data:${JSON.stringify({ code, message, data: value })}\n\n`;
const anything = (type: string, text: string | null, close: boolean, error: string | boolean | null): string =>
  data({ id: 'u1', type, textResponse: text, sources: [], close, error });
const letta = (type: string, more: object): string => data({ message_type: type, id: 'message-1', ...more });

const THIRD: readonly StreamCase[] = [
  ndjson(
    'sanity export: an error in a half written row',
    `${line({ _id: 'a', _type: 'post', title: QUOTED })}{"_id":"b","_type":"po{"error":{"description":"Unknown error, see server logs"}}\n`,
    'error',
  ),
  ndjson('sanity export: good', line({ _id: 'a', title: QUOTED }, { _id: 'b', error: { description: 'no' } }), 'good'),
  sse(
    'sanity listen: channel error',
    `${event('welcome', { listenerName: 'l1' })}${event('channelError', { message: 'The channel was closed' })}`,
    'error',
  ),
  sse(
    'llama.cpp: a field called error',
    data({ content: 'Hi', stop: false }) +
      'error: {"code":500,"message":"context shift failed","type":"server_error"}\n\n',
    'error',
    'server_error',
    'service',
  ),
  sse(
    'LM Studio: chat',
    event('chat.start', { type: 'chat.start', model_instance_id: 'm' }) +
      event('error', {
        type: 'error',
        error: { type: 'invalid_request', message: 'no such tool', code: 'invalid_tool', param: 'integrations' },
      }) +
      event('chat.end', { type: 'chat.end', result: {} }),
    'error',
    'invalid_tool',
  ),
  aws(
    's3 select: error',
    frames(
      frame('Records', 'a,b\n'),
      awsFrame(
        { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'We encountered an error.' },
        '',
      ),
    ),
    'error',
    { code: 'InternalError', layer: 'service' },
  ),
  aws('s3 select: good', frames(frame('Records', QUOTED), frame('Stats', '<Stats/>'), frame('End', '')), 'good'),
  aws('s3 select: no end', frames(frame('Records', 'a,b\n'), frame('Records', 'c,d\n')), 'unfinished'),
  aws(
    'lambda: the function failed',
    frames(
      frame('PayloadChunk', 'hello'),
      frame('InvokeComplete', {
        ErrorCode: 'Unhandled',
        ErrorDetails: '{"errorType":"Error","errorMessage":"boom"}',
        LogResult: '',
      }),
    ),
    'error',
    { code: 'Unhandled' },
  ),
  aws('lambda: good', frames(frame('PayloadChunk', `{"ErrorCode":"${'x'}"}`), frame('InvokeComplete', {})), 'good'),
  aws(
    'logs: live tail',
    frames(
      frame('sessionStart', { requestId: 'r' }),
      exception('SessionStreamingException', { message: 'An unknown error occurred' }),
    ),
    'error',
    { code: 'SessionStreamingException', layer: 'service' },
  ),
  aws(
    'sagemaker: model stream',
    frames(
      frame('PayloadPart', '{"outputs":["a"]}'),
      exception('ModelStreamError', { Message: 'timed out', ErrorCode: 'ModelInvocationTimeExceeded' }),
    ),
    'error',
    { code: 'ModelStreamError', layer: 'service' },
  ),
  aws(
    'kinesis: subscribe to shard',
    frames(
      frame('SubscribeToShardEvent', { Records: [], MillisBehindLatest: 0 }),
      exception('KMSThrottlingException', { message: 'Rate exceeded' }),
    ),
    'error',
    { code: 'KMSThrottlingException', layer: 'throttling' },
  ),
  aws(
    'transcribe',
    frames(
      frame('TranscriptEvent', { Transcript: { Results: [] } }),
      exception('LimitExceededException', { Message: 'too many concurrent streams' }),
    ),
    'error',
    { code: 'LimitExceededException', layer: 'throttling' },
  ),
  sse(
    'pinecone assistant: good',
    pinecone('message_start', { role: 'assistant' }) +
      pinecone('content_chunk', { delta: { content: QUOTED } }) +
      pinecone('message_end', { finish_reason: 'stop', usage: { total_tokens: 9 } }),
    'good',
  ),
  sse(
    'drone: the end of a log is called an error',
    `: ping\n\n${data({ pos: 0, out: 'error: one test failed\n', time: 1 })}event: error\ndata: eof\n\n`,
    'good',
  ),
  sse('woodpecker: no such stream', ': ping\n\nevent: error\ndata: stream not found\n\n', 'error'),
  sse(
    'github copilot extensions',
    chat('a') +
      `event: copilot_errors\ndata: ${JSON.stringify([{ type: 'reference', code: '1', message: 'test reference error', identifier: 'reference-identifier' }])}\n\n`,
    'error',
    '1',
  ),
  sse(
    'ably: token expired',
    event('message', { id: '1', timestamp: 1, channel: 'c', data: QUOTED }) +
      event('error', {
        message: 'Token expired',
        code: 40142,
        statusCode: 401,
        href: 'https://help.ably.io/error/40142',
      }),
    'error',
    '40142',
    'auth',
  ),
  sse(
    'vectara: query',
    event('generation_chunk', { type: 'generation_chunk', generation_chunk: 'a' }) +
      event('error', { type: 'error', messages: ['The generation failed.'] }) +
      event('end', { type: 'end' }),
    'error',
  ),
  sse(
    'anythingllm: aborted',
    anything('textResponseChunk', 'a', false, false) + anything('abort', null, true, 'No workspace context found.'),
    'error',
  ),
  sse(
    'anythingllm: good',
    anything('textResponseChunk', QUOTED, false, false) + anything('finalizeResponseStream', '', true, false),
    'good',
  ),
  sse(
    'flowise',
    `message:\n${data({ event: 'start', data: '' })}message:\n${data({ event: 'token', data: 'a' })}message:\n${data({ event: 'error', data: 'Error: model not found' })}`,
    'error',
  ),
  ndjson(
    'langflow: build',
    line({ event: 'token', data: { chunk: QUOTED } }) +
      `\n${line({ event: 'error', data: { text: 'Error running graph: no key', category: 'error' } })}\n`,
    'error',
  ),
  sse(
    'sap ai core: orchestration',
    data({ request_id: 'r1', intermediate_results: {}, final_result: { choices: [{ delta: { content: 'a' } }] } }) +
      data({
        error: {
          request_id: 'r1',
          code: 503,
          message: 'LLM is not available',
          location: 'LLM Module',
          intermediate_results: {},
        },
      }),
    'error',
    undefined,
    'service',
  ),
  json(
    'etcd: watch',
    line({ result: { header: { revision: '3' }, events: [{ kv: { key: 'ZXJyb3I=' } }] } }) +
      line({
        error: { grpc_code: 14, http_code: 503, message: 'etcdserver: no leader', http_status: 'Service Unavailable' },
      }),
    'error',
    { path: '/v3/watch', ...gateway, code: '14', layer: 'service' },
  ),
  json(
    'yandex: completion',
    line({ result: { alternatives: [{ message: { role: 'assistant', text: QUOTED } }] } }) +
      line({
        error: {
          grpcCode: 8,
          httpCode: 429,
          message: 'quota limit exceed',
          httpStatus: 'Too Many Requests',
          details: [],
        },
      }),
    'error',
    { path: '/foundationModels/v1/completion', ...gateway, code: '8', layer: 'throttling' },
  ),
  json(
    'openfga: streamed list',
    line({ result: { object: 'document:1' } }) +
      line({ error: { code: 4, message: 'Request Deadline Exceeded', details: [] } }),
    'error',
    { path: '/stores/01H/streamed-list-objects', ...gateway, code: '4', layer: 'service' },
  ),
  json(
    'lnd: payment',
    line({ result: { payment_error: '', failure_reason: 'FAILURE_REASON_NONE', status: 'IN_FLIGHT' } }) +
      line({ error: { code: 2, message: 'router: payment was cancelled', details: [] } }),
    'error',
    { path: '/v2/router/send', ...gateway, code: '2', layer: 'service' },
  ),
  sse(
    'argo cd: stream of applications',
    data({ result: { type: 'MODIFIED', application: { status: { conditions: [{ type: 'SyncError' }] } } } }) +
      data({
        error: { grpc_code: 16, http_code: 401, message: 'no session information', http_status: 'Unauthorized' },
      }),
    'error',
    '16',
    'auth',
  ),
  sse(
    'argo workflows: logs, good',
    ['level=error msg=no', '{"error":{"code":14,"message":"no"}}', QUOTED]
      .map((content) => data({ result: { content, podName: 'p' } }))
      .join(''),
    'good',
  ),
  json(
    'inworld: speech',
    line({ result: { audioContent: 'UklGR' } }) +
      line({ error: { code: 3, message: 'Unknown voice: error not found!', details: [] } }),
    'error',
    { path: '/tts/v1/voice:stream', code: '3' },
  ),
  sse(
    'zhipu: network error',
    glm('a').repeat(3) + glm('', 'network_error') + DONE,
    'error',
    'network_error',
    'service',
  ),
  sse('zhipu: sensitive', glm('a').repeat(3) + glm('', 'sensitive') + DONE, 'good'),
  sse(
    'deepseek: no resources',
    `: keep-alive\n\n${chat('a').repeat(3)}${chat('', 'insufficient_system_resource')}${DONE}`,
    'error',
    'insufficient_system_resource',
    'throttling',
  ),
  sse(
    'moonshot',
    chat('a').repeat(3) +
      data({
        error: {
          message: 'The engine is currently overloaded, please try again later',
          type: 'engine_overloaded_error',
        },
      }),
    'error',
    'engine_overloaded_error',
    'throttling',
  ),
  sse(
    'tencent lke',
    'event:reply\ndata:{"type":"reply","payload":{"content":"a","is_final":false}}\n\n' +
      'event:error\ndata:{"type":"error","error":{"code":460011,"message":"no such robot"},"request_id":"r1"}\n\n',
    'error',
    '460011',
  ),
  sse(
    'ragflow: agent',
    ragflow(0, '', { answer: 'a', reference: {} }) + ragflow(102, 'Only owner of agent authorized', false),
    'error',
    '102',
  ),
  sse('ragflow: good', ragflow(0, '', { answer: QUOTED, reference: {} }) + ragflow(0, '', true), 'good'),
  sse(
    'assistants: run failed',
    event('thread.run.created', { id: 'run_1', object: 'thread.run', status: 'queued', last_error: null }) +
      event('thread.run.failed', {
        id: 'run_1',
        object: 'thread.run',
        status: 'failed',
        last_error: { code: 'rate_limit_exceeded', message: 'You exceeded your current quota' },
      }) +
      DONE,
    'error',
    'rate_limit_exceeded',
    'throttling',
  ),
  subscription(
    'apollo: subscription ends with an error',
    `${graphql('graphql', {}, { payload: { data: { a: QUOTED } } }, { payload: null, errors: [{ message: 'cannot read', extensions: { code: 'WEBSOCKET_MESSAGE_ERROR' } }] })}--graphql--\r\n`,
    'error',
    { ...POST, code: 'WEBSOCKET_MESSAGE_ERROR' },
  ),
  subscription(
    'apollo: subscription, good',
    `${graphql('graphql', {}, { payload: { data: { a: QUOTED, errors: [{ message: 'no' }] } } })}--graphql--\r\n`,
    'good',
    POST,
  ),
  subscription(
    'apollo: subscription without its end',
    graphql('graphql', {}, { payload: { data: { a: 1 } } }, {}),
    'unfinished',
    POST,
  ),
  deferred(
    'graphql: a deferred part failed',
    `${graphql('-', { data: { a: 1 }, hasNext: true }, { hasNext: false, incremental: [{ path: ['b'], data: null, errors: [{ message: 'down', extensions: { code: 'SUBREQUEST_HTTP_ERROR' } }] }] })}-----\r\n`,
    'error',
    { ...POST, code: 'SUBREQUEST_HTTP_ERROR' },
  ),
  deferred(
    'graphql: deferred, good',
    `${graphql('-', { data: { a: QUOTED }, hasNext: true }, { hasNext: false, incremental: [{ path: ['b'], data: { errors: [] } }] })}-----\r\n`,
    'good',
    POST,
  ),
  json(
    'spanner: rows, then an error',
    elements(
      { metadata: { rowType: { fields: [] } }, values: [QUOTED] },
      { values: ['a'] },
      { error: { code: 503, message: 'The service is currently unavailable.', status: 'UNAVAILABLE' } },
    ),
    'error',
    {
      path: '/v1/projects/p/instances/i/databases/d/sessions/s:executeStreamingSql',
      code: 'UNAVAILABLE',
      layer: 'service',
    },
  ),
  json(
    'discovery engine: answer',
    elements(
      { answer: { state: 'STREAMING', answerText: QUOTED } },
      { error: { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED' } },
    ),
    'error',
    {
      path: '/v1/projects/p/locations/global/collections/c/engines/e/servingConfigs/s:streamAnswer',
      code: 'RESOURCE_EXHAUSTED',
      layer: 'throttling',
    },
  ),
  json(
    'firestore: query broke off',
    elements(
      { document: { name: 'n', fields: { a: { stringValue: QUOTED } } }, readTime: 't' },
      { error: { code: 503, message: 'The datastore operation timed out', status: 'UNAVAILABLE' } },
    ),
    'error',
    { path: '/v1/projects/p/databases/(default)/documents:runQuery', code: 'UNAVAILABLE', layer: 'service' },
  ),
  json(
    'firestore: query, good',
    elements(
      { document: { fields: { error: { mapValue: { fields: { code: { integerValue: '500' } } } } } } },
      { document: { fields: { a: { stringValue: QUOTED } } } },
    ),
    'good',
    { path: '/v1/projects/p/databases/(default)/documents:runQuery' },
  ),
  sse('gradio: error', `event: generating\ndata: ["a"]\n\nevent: error\ndata: null\n\n`, 'error'),
  sse(
    'gradio: queue',
    data({ msg: 'process_starts', event_id: 'e1' }) +
      data({ msg: 'process_completed', event_id: 'e1', output: { error: 'division by zero' }, success: false }) +
      data({ msg: 'close_stream', event_id: null }),
    'error',
  ),
  sse(
    'gradio: good',
    data({ msg: 'process_completed', event_id: 'e1', output: { data: [QUOTED], error: null }, success: true }) +
      data({ msg: 'close_stream', event_id: null }),
    'good',
  ),
  of('text/plain; charset=utf-8')(
    'AI SDK 4: data stream',
    'f:{"messageId":"m1"}\n0:"Hello"\n3:"An error occurred."\n',
    'error',
    { headers: { 'x-vercel-ai-data-stream': 'v1' } },
  ),
  of('text/plain; charset=utf-8')(
    'AI SDK 4: good',
    `f:{"messageId":"m1"}\n0:${JSON.stringify(`3:"no"\n${QUOTED}`)}\ne:{"finishReason":"stop"}\nd:{"finishReason":"stop"}\n`,
    'good',
    { headers: { 'x-vercel-ai-data-stream': 'v1' } },
  ),
  sse(
    'AG-UI: run error',
    AGENT_RUN + agentText('a') + run('RUN_ERROR', { message: 'rate limit of the model', code: 'RATE_LIMIT_EXCEEDED' }),
    'error',
    'RATE_LIMIT_EXCEEDED',
    'throttling',
  ),
  sse('AG-UI: good', AGENT_RUN + agentText(QUOTED) + run('RUN_FINISHED', { threadId: 't', runId: 'r' }), 'good'),
  sse('AG-UI: no end', AGENT_RUN + agentText('a').repeat(4), 'unfinished'),
  sse(
    'agno: run error',
    event('RunContent', { event: 'RunContent', content: QUOTED }) +
      event('RunError', {
        event: 'RunError',
        run_id: 'r',
        content: 'no such model',
        error_type: 'model_provider_error',
      }),
    'error',
    'model_provider_error',
  ),
  sse(
    'letta: error message',
    letta('assistant_message', { content: QUOTED }) +
      letta('error_message', { error_type: 'llm_rate_limit', message: 'Rate limited by OpenAI', detail: '429' }) +
      letta('stop_reason', { stop_reason: 'llm_api_error' }) +
      DONE,
    'error',
    'llm_rate_limit',
    'throttling',
  ),
  sse(
    'sourcegraph: search',
    `event: matches\ndata: [{"type":"content","path":"error.go","error":"no"}]\n\n${event('error', { message: 'repository is cloning' })}${event('done', {})}`,
    'error',
  ),
  sse(
    'sourcegraph: good',
    `event: matches\ndata: ${JSON.stringify([{ type: 'content', line: QUOTED }])}\n\n${event('alert', { title: 'error', description: 'no results' })}${event('done', {})}`,
    'good',
  ),
  sse(
    'meilisearch: chat',
    chat('a') +
      data({
        event_id: 'e1',
        type: 'error',
        error: { type: 'invalid_request', code: 'invalid_api_key', message: 'Incorrect API key', param: null },
      }) +
      DONE,
    'error',
    'invalid_api_key',
    'auth',
  ),
  json(
    'podman: pull',
    line({ stream: 'Trying to pull quay.io/a/b:latest...\n' }) +
      line({ error: 'initializing source: reading manifest: unauthorized: access denied' }),
    'error',
    { path: '/v5.0.0/libpod/images/pull?reference=a', headers: { server: 'Libpod/5.0.0 (linux)' } },
  ),
  json(
    'kubo: command failed',
    line({ Name: 'a.bin', Bytes: 262144 }) + line({ Message: 'unexpected EOF', Code: 0, Type: 'error' }),
    'error',
    { path: '/api/v0/add?progress=true', headers: { 'x-chunked-output': '1' } },
  ),
  kubo('kubo: references, the last row is an error', '/api/v0/refs?recursive=true', 'error', [
    { Ref: 'QmA', Err: '' },
    { Ref: '', Err: 'block was not found locally (offline): ipld: could not find QmB' },
  ]),
  kubo('kubo: references, good', '/api/v0/refs?recursive=true', 'good', [
    { Ref: 'QmA', Err: '' },
    { Ref: 'QmB', Err: '' },
  ]),
  kubo('kubo: collection of garbage stopped', '/api/v0/repo/gc?stream-errors=true', 'error', [
    { Key: { '/': 'bafyA' }, Error: '' },
    { Key: null, Error: 'could not retrieve links for bafyB: context canceled' },
  ]),
  kubo('kubo: a pin is broken', '/api/v0/pin/verify', 'good', [
    { Cid: 'QmA', Err: 'invalid cid', PinStatus: { Ok: false } },
    { Cid: 'QmB', PinStatus: { Ok: true } },
  ]),
  kubo('kubo: a block is pinned', '/api/v0/block/rm', 'good', [
    { Hash: 'QmA' },
    { Hash: 'QmB', Error: 'pinned: recursive' },
  ]),
  json(
    'couchbase: query timed out',
    `{\n"requestID": "8c1d",\n"signature": {"a":"string"},\n"results": [\n${'{"a":"error","errors":[]},\n'.repeat(900)}{"a":"z"}\n],\n"errors": [{"code":1080,"msg":"Timeout 10s exceeded"}],\n"status": "timeout",\n"metrics": {"errorCount":1}\n}\n`,
    'error',
    { path: '/query/service', code: '1080', layer: 'service' },
  ),
  json(
    'couchbase: query, good',
    `{\n"requestID": "8c1d",\n"results": [\n${'{"a":"error","errors":[{"code":1080}],"status":"timeout"},\n'.repeat(900)}{"a":"z"}\n],\n"status": "success",\n"metrics": {"errorCount":0}\n}\n`,
    'good',
    { path: '/query/service' },
  ),
  of('application/stream+json')(
    'victorialogs: tail, good',
    line({ _msg: QUOTED, _stream: '{}', _time: 't', error: 'connection refused' }).repeat(6),
    'good',
  ),
  ndjson(
    'airflow: task logs, good',
    line({ timestamp: 't', event: 'started', level: 'info' }).repeat(3) +
      line({ timestamp: 't', event: 'Task failed with exception', level: 'error', error_detail: [{ exc_type: 'E' }] }),
    'good',
  ),
  sse(
    'azure openai: the filter failed, not the call',
    chat('a') +
      data({
        object: 'chat.completion.chunk',
        choices: [
          {
            index: 0,
            delta: {},
            finish_reason: 'stop',
            content_filter_results: {
              error: { code: 'content_filter_error', message: 'The contents are not filtered' },
            },
          },
        ],
      }) +
      DONE,
    'good',
  ),
  sse(
    'wikimedia: recent changes, good',
    `event: message\nid: [{"topic":"eqiad.mediawiki.recentchange","offset":1}]\n${data({ type: 'edit', title: 'HTTP error', comment: QUOTED, log_params: { error: 'x' } })}`.repeat(
      4,
    ),
    'good',
  ),
  sse(
    'mastodon: timeline, good',
    `:)\n\n${event('update', { id: '1', content: QUOTED, application: null })}:thump\n\nevent: delete\ndata: 106692867363994015\n\n`,
    'good',
  ),
  sse(
    'firebase: cancelled',
    `${event('put', { path: '/', data: 1 })}event: cancel\ndata: null\n\n`,
    'error',
    undefined,
    'auth',
  ),
  sse(
    'centrifugo: denied',
    data({ id: 1, connect: { client: 'c1' } }) + data({ id: 2, error: { code: 103, message: 'permission denied' } }),
    'error',
    '103',
  ),
  sse(
    'cartesia: speech',
    data({ type: 'chunk', data: 'AAAA', done: false, status_code: 206, step_time: 1 }) +
      data({ type: 'error', done: true, error: 'Internal server error', status_code: 500, context_id: 'c' }),
    'error',
    undefined,
    'service',
  ),
  sse(
    'snowflake cortex: agent',
    event('response.text.delta', { text: QUOTED, content_index: 0 }) +
      event('error', { message: 'Internal error', code: '370001', request_id: '61987ff6-6d56' }),
    'error',
    '370001',
  ),
  sse(
    'snowflake cortex: a warning',
    event('response.warning', { code: '399569', message: 'TOOL_NOT_ACCESSIBLE: no' }) +
      event('response', { role: 'assistant', content: [{ type: 'text', text: QUOTED }] }),
    'good',
  ),
  of('application/json-lines')(
    'azure search: chat of its sample',
    line({ delta: { role: 'assistant', content: 'a' }, session_state: null }) +
      line({ error: 'The app encountered an error processing your request.' }),
    'error',
  ),
  of('application/connect+proto')(
    'buf: registry',
    frames(envelope(0, '\u0008\u0001'), envelope(2, '{"error":{"code":"resource_exhausted","message":"slow down"}}')),
    'error',
    { code: 'resource_exhausted', layer: 'throttling' },
  ),
  sse(
    'together',
    chat('a').repeat(3) +
      data({ error: { message: 'Internal server error', type: 'server_error', param: null, code: null } }),
    'error',
    'server_error',
    'service',
  ),
];

/** Batches whose parts are HTTP answers: read as bodies are, not as streams. */
export const HTTP_PARTS: readonly StreamCase[] = [
  googleBatch(
    'google: one part of a batch is throttled',
    `${http('batch_foobar', 1, '200 OK', { id: '1', name: QUOTED })}${http('batch_foobar', 2, '429 Too Many Requests', {
      error: {
        code: 429,
        message: 'Rate Limit Exceeded',
        errors: [{ domain: 'usageLimits', reason: 'rateLimitExceeded', message: 'Rate Limit Exceeded' }],
      },
    })}--batch_foobar--\r\n`,
    'error',
    { path: '/batch/drive/v3', code: 'rateLimitExceeded', layer: 'throttling' },
  ),
  googleBatch(
    'google: batch, good',
    `${http('batch_foobar', 1, '200 OK', { id: '1', name: `HTTP/1.1 500 no ${QUOTED}` })}${http('batch_foobar', 2, '204 No Content', {})}--batch_foobar--\r\n`,
    'good',
    { path: '/batch/drive/v3' },
  ),
  of('multipart/mixed; boundary=batchresponse_1')(
    'odata: a changeset failed',
    `${part(
      'batchresponse_1',
      'Content-Type: multipart/mixed; boundary=changesetresponse_2',
      `${part('changesetresponse_2', 'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1', 'HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; odata.metadata=minimal\r\n\r\n{"error":{"code":"0x80044151","message":"The server is busy."}}')}--changesetresponse_2--`,
    )}--batchresponse_1--\r\n`,
    'error',
    { path: '/api/data/v9.2/$batch', code: '0x80044151', layer: 'service' },
  ),
];

const isTuned = ({ name }: StreamCase): boolean => (crc32(name) & 1) === 0;
export const THIRD_TUNED = THIRD.filter(isTuned);
export const THIRD_UNTOUCHED = THIRD.filter((one) => !isTuned(one));
