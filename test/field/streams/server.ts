import http from 'node:http';
import http2 from 'node:http2';
import { pairOf } from '../../support/servers.ts';
import { STREAMS } from '../../support/streams.ts';

/** google.rpc.Status with ErrorInfo{reason: "SERVICE_DISABLED"}. */
const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
const info = Buffer.concat([
  field(1, Buffer.from('type.googleapis.com/google.rpc.ErrorInfo')),
  field(2, field(1, Buffer.from('SERVICE_DISABLED'))),
]);
const DETAILS = Buffer.concat([Buffer.from([0x08, 7]), field(2, Buffer.from('disabled')), field(3, info)]).toString(
  'base64',
);

/** How the fake answers a gRPC method, by its name: status and what else stands in the trailers. */
const GRPC: Readonly<Record<string, http2.OutgoingHttpHeaders>> = {
  Denied: { 'grpc-status': '7', 'grpc-message': 'caller%20may%20not' },
  Down: { 'grpc-status': '14', 'grpc-message': 'backend down' },
  AccessSecretVersion: { 'grpc-status': '7', 'grpc-message': 'disabled', 'grpc-status-details-bin': DETAILS },
  BatchGetDocuments: { 'grpc-status': '7', 'grpc-message': 'missing permission' },
  Get: { 'grpc-status': '8', 'grpc-message': 'too much' },
};

function rpc(body: string, response: http.ServerResponse): void {
  const { id, method, params } = JSON.parse(body || '{}');
  const answer = (value: object, type = 'application/json') => {
    const text = JSON.stringify({ jsonrpc: '2.0', id, ...value });
    response.writeHead(200, { 'content-type': type, 'x-request-id': 'mcp-1' });
    response.end(type === 'application/json' ? text : `event: message\ndata: ${text}\n\n`);
  };
  if (id === undefined) response.writeHead(202).end();
  else if (method === 'initialize')
    answer({
      result: {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'fake', version: '1' },
      },
    });
  else if (params?.name === 'unknown') answer({ error: { code: -32602, message: 'Unknown tool: unknown' } });
  else if (params?.name === 'broken')
    answer({ error: { code: -32603, message: 'Internal error' } }, 'text/event-stream');
  else
    answer(
      { result: { content: [{ type: 'text', text: 'no such file' }], isError: params?.name === 'tool' } },
      'text/event-stream',
    );
}

/** A stream of `test/support/streams.ts` by its name, in pieces of some hundred bytes. */
function stream(name: string, response: http.ServerResponse): void {
  const found = STREAMS.find((one) => one.name === name)!;
  response.writeHead(200, {
    'content-type': found.type,
    'x-request-id': 'req-9',
    'request-id': 'req-9',
    'x-amzn-requestid': 'req-9',
  });
  const write = response.write.bind(response) as (chunk: Buffer) => boolean;
  for (let at = 0; at < found.bytes.length; at += 300) write(found.bytes.subarray(at, at + 300));
  response.end();
}

/** `/flaky/2/…` is refused twice, then answers as a chat does; a client that honours the header waits 20 ms. */
function flaky(most: number, asked: number, response: http.ServerResponse): void {
  const isRefused = asked <= most;
  const headers = { 'content-type': 'application/json', 'x-request-id': `req-${asked}`, 'retry-after-ms': '20' };
  response.writeHead(isRefused ? 503 : 200, headers);
  const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'good' } }];
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const chat = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage };
  response.end(JSON.stringify(isRefused ? { error: { message: 'busy', type: 'server_error', code: 'busy' } } : chat));
}

const asked = new Map<string, number>();
const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
  const name = decodeURIComponent(/^\/streams\/([^/]+)/.exec(request.url!)?.[1] ?? '');
  const [, most] = /^\/flaky\/(\d+)/.exec(request.url!) ?? [];
  if (most !== undefined) {
    asked.set(most, (asked.get(most) ?? 0) + 1);
    request.resume().on('end', () => flaky(Number(most), asked.get(most)!, response));
    return;
  }
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => (name === '' ? rpc(body, response) : stream(name, response)));
};

/** The fake of every provider: one and two, by HTTP version. */
export function fake() {
  const first = http.createServer(handle);
  const second = http2.createServer((request, response) => {
    if (!String(request.headers['content-type']).startsWith('application/grpc'))
      return handle(request as unknown as http.IncomingMessage, response as unknown as http.ServerResponse);
    request.resume();
    // only an answer of trailers alone lets a client ask again (gRFC A6)
    if (request.url.endsWith('/Flaky') && request.headers['grpc-previous-rpc-attempts'] === undefined) {
      const status = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' };
      response.stream.respond(status, { endStream: true });
      return;
    }
    response.writeHead(200, { 'content-type': 'application/grpc' });
    response.addTrailers(GRPC[request.url.split('/').at(-1)!] ?? { 'grpc-status': '0' });
    response.end(Buffer.alloc(5));
  });
  return pairOf(first, second);
}
