import { chat, data, envelope, event, of, QUOTED, STREAMS, type StreamCase, sse } from './streams.ts';
import { THIRD_TUNED, THIRD_UNTOUCHED } from './streams-third.ts';

/** Streams of APIs that were looked at later, each as its documentation has it. The reader was mended on the first list; the second was run afterwards. */
const line = (...values: unknown[]): string => values.map((one) => `${JSON.stringify(one)}\n`).join('');
const ndjson = of('application/x-ndjson');
const json = of('application/json');
const ksql = of('application/vnd.ksqlapi.delimited.v1');
const words = (make: (word: string) => string): string => ['They ', 'said: ', QUOTED, ' so'].map(make).join('');

const atStream = { path: '/api/v1/stream' };
/** What a streaming expression answers: one document, whose last tuple ends it. */
const solr = (...docs: object[]): string => JSON.stringify({ 'result-set': { docs } }).replaceAll('},{', '},\n{');

const minimax = (content: string, code = 0, said = ''): string =>
  data({
    id: '0254',
    choices: code === 0 ? [{ index: 0, delta: { content, role: 'assistant' } }] : null,
    model: 'abab6',
    object: 'chat.completion.chunk',
    base_resp: { status_code: code, status_msg: said },
  });
const KSQL_HEAD = { queryId: 'q1', columnNames: ['A'], columnTypes: ['STRING'] };
const cohere = (type: string, more: object = {}): string => event(type, { type, ...more });
const COHERE_TEXT =
  cohere('message-start', { id: 'c1' }) +
  words((text) => cohere('content-delta', { index: 0, delta: { message: { content: { text } } } }));

const LATER_TUNED: readonly StreamCase[] = [
  sse('minimax: rate limit', words(minimax) + minimax('', 1002, 'rate limit'), 'error', '1002'),
  sse('minimax: good', words(minimax) + chat('', 'stop') + minimax(''), 'good'),
  ksql(
    'ksqlDB: error row',
    line(KSQL_HEAD, ['a'], ['b'], { '@type': 'generic_error', error_code: 50000, message: 'Query terminated' }),
    'error',
    { code: '50000' },
  ),
  ksql('ksqlDB: good, quoting', line(KSQL_HEAD, ['statement_error'], ['{"@type":"generic_error"}']), 'good'),
  sse(
    'cohere: message-end says error',
    COHERE_TEXT + cohere('message-end', { delta: { finish_reason: 'ERROR', error: 'the generation failed' } }),
    'error',
  ),
  sse('cohere: good', COHERE_TEXT + cohere('message-end', { delta: { finish_reason: 'COMPLETE' } }), 'good'),
  of('application/stream+json')(
    'cohere 1: stream-end says error',
    line({ is_finished: false, event_type: 'stream-start', generation_id: 'g1' }) +
      words((text) => line({ is_finished: false, event_type: 'text-generation', text })) +
      line({ is_finished: true, event_type: 'stream-end', finish_reason: 'ERROR', response: { text: 'They' } }),
    'error',
  ),
  sse(
    'mistral: conversation',
    event('conversation.response.started', { type: 'conversation.response.started', conversation_id: 'c1' }) +
      event('conversation.response.error', {
        type: 'conversation.response.error',
        created_at: '2025-05-27T11:22:33Z',
        message: 'Internal server error',
        code: 500,
      }),
    'error',
    undefined,
    'service',
  ),
  sse(
    'mistral: chat',
    chat('a').repeat(3) +
      data({
        object: 'error',
        message: 'Service tier capacity exceeded for this model.',
        type: 'service_tier_capacity_exceeded',
        param: null,
        code: '3505',
      }),
    'error',
    '3505',
    'throttling',
  ),
  sse(
    'text-generation-inference',
    data({ index: 1, token: { id: 5, text: ' a', logprob: -0.1, special: false }, generated_text: null }) +
      data({ error: 'Request failed during generation: Server error: out of memory', error_type: 'generation' }),
    'error',
    'generation',
  ),
  sse(
    'replicate',
    `event: output\nid: 1:0\ndata: once\n\n${event('error', { detail: 'CUDA out of memory' })}${event('done', { reason: 'error' })}`,
    'error',
  ),
  sse('replicate: good', `event: output\nid: 1:0\ndata: error\n\n${event('done', {})}`, 'good'),
  sse(
    'langgraph',
    event('metadata', { run_id: 'r1' }) + event('error', { error: 'ValueError', message: 'no such node' }),
    'error',
    'ValueError',
  ),
  sse(
    'langserve',
    event('metadata', { run_id: 'r1' }) + event('error', { status_code: 500, message: 'Internal Server Error' }),
    'error',
    undefined,
    'service',
  ),
  sse(
    'elasticsearch inference',
    data({ completion: [{ delta: 'a' }] }) +
      event('error', {
        error: {
          root_cause: [{ type: 'illegal_state_exception', reason: 'hello there' }],
          type: 'illegal_state_exception',
          reason: 'hello there',
        },
        status: 500,
      }),
    'error',
    'illegal_state_exception',
    'service',
  ),
  sse(
    'AI SDK: part of a message',
    data({ type: 'start' }) +
      words((delta) => data({ type: 'text-delta', id: '0', delta })) +
      data({ type: 'error', errorText: 'An error occurred.' }) +
      data('[DONE]'),
    'error',
  ),
  sse(
    'cloudflare workers ai',
    words((response) => data({ response })) +
      data({ errors: [{ message: 'AiError: Capacity temporarily exceeded', code: 3040 }], success: false, result: {} }),
    'error',
    '3040',
    'throttling',
  ),
  json(
    'X: disconnected',
    line({ data: { id: '1', text: QUOTED } }).repeat(5) +
      '\r\n' +
      line({
        errors: [
          {
            title: 'operational-disconnect',
            disconnect_type: 'UpstreamOperationalDisconnect',
            detail: 'This stream has been disconnected upstream for operational reasons.',
            type: 'https://api.twitter.com/2/problems/operational-disconnect',
          },
        ],
      }),
    'error',
    { path: '/2/tweets/search/stream' },
  ),
  json(
    'grpc-gateway',
    line({ result: { text: QUOTED } }).repeat(4) +
      line({ error: { code: 14, message: 'transport is closing', details: [] } }),
    'error',
    { headers: { 'grpc-metadata-content-type': 'application/grpc' }, code: '14', layer: 'service' },
  ),
  sse(
    'hunyuan',
    words((Content) => data({ Choices: [{ Delta: { Role: 'assistant', Content }, FinishReason: '' }], Id: 'h1' })) +
      data({ Choices: [], Id: 'h1', ErrorMsg: { Msg: 'internal error', Code: 4001 } }),
    'error',
    '4001',
  ),
  ndjson(
    'access log',
    line({ path: '/a', status_code: 200 }, { path: '/b', status_code: 500, message: 'Internal Server Error' }),
    'good',
  ),
  sse(
    'events with codes of their own',
    data({ code: 1001, message: 'player joined' }).repeat(5) + data({ code: 1002, message: 'player left' }),
    'good',
  ),
  of('application/grpc-web-text')(
    'grpc-web-text: no trailers',
    envelope(0, `grpc-status: 7\r\n${QUOTED}`).toString('base64'),
    'unfinished',
  ),
  of('application/grpc-web-text')(
    'grpc-web-text: good, quoting',
    envelope(0, `grpc-status: 7\r\n${QUOTED}`).toString('base64') +
      envelope(0x80, 'grpc-status:0\r\n').toString('base64'),
    'good',
  ),
  sse(
    'graphql: good, quoting',
    `${event('next', { data: { note: QUOTED, errors: '[{"message":"no"}]' } })}event: complete\ndata: \n\n`,
    'good',
  ),
  json('docker: good, quoting', line({ stream: QUOTED }, { stream: '{"errorDetail":{"message":"no"}}' }), 'good', {
    headers: { server: 'Docker/27.1 (linux)' },
  }),
  json(
    'solr: late exception',
    solr({ id: '1', note: QUOTED }, { EXCEPTION: 'java.io.IOException: refused', EOF: true }),
    'error',
    {
      path: '/solr/books/stream',
      layer: 'service',
    },
  ),
  json(
    'solr: good, quoting',
    solr({ id: '1', note: '{"EXCEPTION":"no","EOF":true}]}}' }, { EOF: true, RESPONSE_TIME: 3 }),
    'good',
    {
      path: '/solr/books/stream',
    },
  ),
  json(
    'X: disconnected before the first',
    `\r\n\r\n${line({ errors: [{ title: 'operational-disconnect', detail: 'off' }] })}`,
    'error',
    {
      path: '/2/tweets/search/stream',
    },
  ),
  json('one document', JSON.stringify({ stream: 1, error: { code: 'none', message: 'never' } }), 'good', atStream),
  json('one document and a line end', line({ stream: 1, error: { code: 'none', message: 'never' } }), 'good', atStream),
  json(
    'one long document',
    line({ pad: 'x'.repeat(30_000), error: { code: 'none', message: 'never' } }),
    'good',
    atStream,
  ),
  json(
    'one document, pretty',
    JSON.stringify({ stream: 1, errors: [{ message: 'seen last week', code: 'E1' }] }, null, 2),
    'good',
    atStream,
  ),
  json(
    'a list, an element a line',
    `[\n${[1, 2].map((id) => JSON.stringify({ id, error: { code: 'E1', message: 'seen' } })).join(',\n')}\n]\n`,
    'good',
    atStream,
  ),
  json(
    'a list of records, pretty',
    JSON.stringify([{ error: 'seen', status: 500 }, { error: 'seen' }], null, 1),
    'good',
    atStream,
  ),
  json(
    'JSON-RPC in one document',
    JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'Internal error' } }),
    'error',
    { ...atStream, code: '-32603', layer: 'service' },
  ),
];

const spark = (code: number, message: string, content?: string): string =>
  data({ code, message, sid: 'cha1', ...(content && { choices: [{ delta: { content } }] }) });

const LATER_UNTOUCHED: readonly StreamCase[] = [
  sse('spark', words((one) => spark(0, 'Success', one)) + spark(11202, 'AppIdQpsOverFlow'), 'error', '11202'),
  sse('spark: good', words((one) => spark(0, 'Success', one)) + data('[DONE]'), 'good'),
  sse(
    'coze: chat failed',
    event('conversation.chat.created', { id: 'c1', status: 'created' }) +
      event('conversation.chat.failed', {
        id: 'c1',
        status: 'failed',
        last_error: { code: 5000, msg: 'event interval error' },
      }) +
      'event: done\ndata: "[DONE]"\n\n',
    'error',
    '5000',
  ),
  sse('coze: error', event('error', { code: 4000, msg: 'Invalid parameter' }), 'error', '4000'),
  ndjson(
    'fauna',
    line({ type: 'status', txn_ts: 1 }, { type: 'add', data: { a: QUOTED } }) +
      line({ type: 'error', error: { code: 'permission_denied', message: 'revoked' }, stats: {} }),
    'error',
    { code: 'permission_denied', layer: 'auth' },
  ),
  of('application/vnd.neo4j.jolt+json-seq')(
    'neo4j: jolt',
    `\u001e${[
      { header: { fields: ['n'] } },
      { data: [{ U: QUOTED }] },
      { summary: {} },
      { error: { errors: [{ code: 'Neo.ClientError.Statement.SyntaxError', message: 'Invalid input' }] } },
      { info: { commit: 'x' } },
    ]
      .map((one) => JSON.stringify(one))
      .join('\n\u001e')}\n`,
    'error',
    { code: 'Neo.ClientError.Statement.SyntaxError' },
  ),
  json(
    'couchdb: changes',
    line({ seq: 1, id: 'a', changes: [{ rev: '1-a' }] }).repeat(3) +
      line({ error: 'timeout', reason: 'The request could not be processed in a reasonable amount of time.' }),
    'error',
    { path: '/db/_changes?feed=continuous', code: 'timeout', layer: 'service' },
  ),
  json(
    'influxdb 1: chunked',
    line({ results: [{ statement_id: 0, series: [{ name: 'error', values: [[1, 'error']] }], partial: true }] }) +
      line({ results: [{ statement_id: 0, error: 'timeout' }] }),
    'error',
    {
      path: '/query?chunked=true&q=select',
      headers: { 'x-influxdb-version': '1.8.10' },
      code: 'timeout',
      layer: 'service',
    },
  ),
  of('text/csv; charset=utf-8')(
    'influxdb 2: error table',
    `,result,table,_time,_value\r\n${',_result,0,2025-01-01T00:00:00Z,error\r\n'.repeat(50)}\r\n#datatype,string,long\r\n,error,reference\r\n,engine: unknown,897\r\n`,
    'error',
    { headers: { 'x-influxdb-version': 'v2.7.1' }, code: '897' },
  ),
  ndjson(
    'kafka: delivery reports',
    line({ error_code: 200, cluster_id: 'c', topic_name: 't', partition_id: 0, offset: 1 }).repeat(4),
    'good',
  ),
  sse(
    'watsonx',
    'id: 1\nevent: message\ndata: {"results":[{"generated_text":"a"}]}\n\n' +
      `id: 2\n${event('error', { errors: [{ code: 'downstream_request_failed', message: 'Downstream' }], trace: 't1', status_code: 500 })}`,
    'error',
    'downstream_request_failed',
    'service',
  ),
  sse(
    'groq: tool use',
    chat('a') +
      event('error', {
        error: { message: 'Failed to call a function.', type: 'invalid_request_error', code: 'tool_use_failed' },
      }) +
      data('[DONE]'),
    'error',
    'tool_use_failed',
  ),
  sse('chat: reason error', chat('a').repeat(4) + chat('', 'error') + data('[DONE]'), 'error'),
  sse(
    'auth0: events',
    event('message', { type: 'event', offset: '1' }) +
      data({ type: 'error', error: { code: 'invalid_cursor', message: 'Cursor expired' } }),
    'error',
    'invalid_cursor',
  ),
  ndjson(
    'n8n',
    line({ type: 'begin' }, { type: 'item', content: QUOTED }, { type: 'error', content: 'Node failed' }),
    'error',
  ),
  sse(
    'agent development kit',
    data({ content: { parts: [{ text: 'a' }] } }) + data({ error: 'boom' }),
    'error',
    'boom',
  ),
  sse(
    'dify: workflow',
    data({ event: 'workflow_started', task_id: 't' }) +
      data({ event: 'workflow_finished', task_id: 't', data: { status: 'failed', error: 'Node LLM failed' } }),
    'error',
  ),
  sse(
    'firebase: auth revoked',
    `${event('put', { path: '/', data: 1 })}event: auth_revoked\ndata: "credential is no longer valid"\n\n`,
    'error',
    undefined,
    'auth',
  ),
  ndjson(
    'splunk: export',
    line({ preview: false, result: { _raw: QUOTED } }) +
      line({ messages: [{ type: 'FATAL', text: 'Search auto-canceled' }] }),
    'error',
  ),
  sse(
    'deployments that failed',
    data({ job: 1, status: 'failed', exit_code: 1 }).repeat(3) + data({ job: 2, status: 'failed', exit_code: 2 }),
    'good',
  ),
  sse('chat: quotes a reason', chat('"finish_reason":"error"').repeat(3) + chat('', 'stop') + data('[DONE]'), 'good'),
  ndjson(
    'results with status objects',
    line({ id: 1, status: { code: 0 } }, { id: 2, status: { code: 5, message: 'not found' } }, { id: 3, status: {} }),
    'good',
  ),
];

export const ALL_STREAMS: readonly StreamCase[] = [
  ...STREAMS,
  ...LATER_TUNED,
  ...LATER_UNTOUCHED,
  ...THIRD_TUNED,
  ...THIRD_UNTOUCHED,
];
