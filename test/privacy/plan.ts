import { awsFrame, envelope } from '../support/streams.ts';
import { type Canary, canary, plain, SHAPED_KINDS } from './canaries.ts';

/** One outbound call of the application, and what the provider answers. */
export interface PlannedCall {
  readonly client: 'fetch' | 'http';
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth?: string;
  readonly body?: string;
  readonly redirect?: 'manual';
  readonly abort?: string;
  /** Aborts with this reason once the request has reached the provider, which never answers. */
  readonly abortInFlight?: string;
}
export interface PlannedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly trailers?: Readonly<Record<string, string>>;
}
export interface Plan {
  readonly calls: readonly PlannedCall[];
  /** By the number in the request's `x-answer` header. */
  readonly answers: readonly PlannedAnswer[];
  readonly canaries: readonly Canary[];
}

const QUERY_NAMES = [
  ...[
    'AWSAccessKeyId',
    'Signature',
    'sig',
    'X-Goog-Signature',
    'X-Amz-Signature',
    'X-Amz-Credential',
    'X-Amz-Security-Token',
    'api_key',
  ],
  ...[
    'apikey',
    'key',
    'token',
    'access_token',
    'refresh_token',
    'id_token',
    'auth',
    'password',
    'secret',
    'client_secret',
    'code',
    'state',
  ],
  ...['jwt', 'session', 'sessionid', 'API_KEY', 'user[password]', 'se', 'sp', 'sv', 'sr'],
];
const REQUEST_HEADERS: Readonly<Record<string, (value: string) => string>> = {
  authorization: (v) => `Bearer ${v}`,
  'proxy-authorization': (v) => `Basic ${v}`,
  cookie: (v) => `sid=${v}`,
  'x-api-key': (v) => v,
  'api-key': (v) => v,
  'x-auth-token': (v) => v,
  'x-anything': (v) => v,
  'idempotency-key': (v) => v,
  'openai-organization': (v) => v,
  'x-tenant': (v) => v,
  'x-amz-security-token': (v) => v,
  baggage: (v) => `user=${v}`,
  referer: (v) => `https://h.example/?q=${v}`,
};
/** Shown, because they decide how a provider reads a request: only a secret's shape can give it away there. */
const SHOWN_HEADERS = ['accept', 'anthropic-version', 'prefer', 'x-amz-target', 'x-request-id', 'content-type'];
const RESPONSE_HEADERS: Readonly<Record<string, (value: string) => string>> = {
  'set-cookie': (v) => `sid=${v}`,
  'x-anything': (v) => v,
  'www-authenticate': (v) => `Basic realm="${v}"`,
  'x-session-token': (v) => v,
};

/** Headers of an answer that are shown because people quote them. */
const QUOTED = (h: string): Record<string, string> => ({
  ...Object.fromEntries(
    'server via cf-ray x-cache x-served-by x-amz-cf-id x-azure-ref x-vercel-id akamai-grn retry-after deprecation sunset'
      .split(' ')
      .map((name) => [name, h]),
  ),
  'proxy-status': `edge.example; error=${h}; details="${h}"`,
  'x-pear-rid': h,
});

/** Every canary in every place a call can carry one. */
export function plan(origin: string): Plan {
  const calls: PlannedCall[] = [];
  const answers: PlannedAnswer[] = [];
  const canaries: Canary[] = [];
  const planted = (c: Canary): string => {
    canaries.push(c);
    return c.value;
  };
  const json = (body: unknown, status = 400, headers: Record<string, string> = {}): number =>
    answers.push({ status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }) -
    1;
  const text = (body: string | Buffer, headers: Record<string, string>): number =>
    answers.push({ status: 200, headers, body }) - 1;
  const call = (path: string, answer: number, more: Partial<PlannedCall> = {}): void => {
    const { headers, ...rest } = more;
    for (const client of ['fetch', 'http'] as const) {
      if (client === 'http' && (rest.abort ?? rest.abortInFlight) !== undefined) continue;
      calls.push({
        client,
        url: `${origin}${path}`,
        method: 'GET',
        ...rest,
        headers: { 'x-answer': String(answer), ...headers },
      });
    }
  };
  const bad = json({ error: { code: 'bad_pear', message: 'No.' } });

  for (const kind of SHAPED_KINDS) {
    const inPath = encodeURIComponent(planted(canary(kind, 'path')));
    const inQuery = encodeURIComponent(planted(canary(kind, 'query')));
    call(`/v1/pears/${inPath}/seeds?q=${inQuery}`, bad);
    const twice = encodeURIComponent(encodeURIComponent(planted(canary(kind, 'query encoded twice'))));
    call(`/v1/pears?q=${twice}`, bad);
    const s = planted(canary(kind, 'response body'));
    call(
      '/v1/body',
      json({ error: { code: s, type: s, message: `The key ${s} is wrong.`, param: s }, token: s, request: { key: s } }),
    );
    const p = planted(canary(kind, 'failed part'));
    call('/v1/batch', json({ results: [{ status: 400, error: { code: p, message: `No ${p}`, type: p } }] }, 207));
    const w = planted(canary(kind, 'deep message'));
    call('/v1/problem', json({ type: `/problems/${w}`, title: `No ${w}`, status: 400 }));
    call('/v1/deep', json({ title: `No ${w}`, outer: { inner: { text: `The ${w} is wrong.` } } }));
    call('/v1/prefixed', json({ message: 'No', pear_trace_id: w, retry_at: w, limits: [{ quota_id: w }] }, 429));
    const e = planted(canary(kind, 'stream event'));
    const type = { 'content-type': 'text/event-stream' };
    const event = JSON.stringify({ type: 'error', error: { type: e, code: e, message: `No ${e}` } });
    call('/v1/stream', text(`data: {"type":"message_start"}\n\nevent: error\ndata: ${event}\n\n`, type));
    call('/v1/lines', text(`{"done":false}\n{"error":"No ${e}"}\n`, { 'content-type': 'application/x-ndjson' }));
    const trailers = { 'x-stream-error': `No ${e}`, 'x-stream-error-code': e };
    call('/api/v0/cat', answers.push({ status: 200, headers: { trailer: 'x-stream-error' }, body: 'x', trailers }) - 1);
    const frames = { 'content-type': 'application/vnd.amazon.eventstream' };
    const raised = { ':message-type': 'exception', ':exception-type': e, ':content-type': 'application/json' };
    call('/v1/converse', text(awsFrame(raised, JSON.stringify({ message: `No ${e}`, ErrorCode: e })), frames));
    const broken = { ':message-type': 'error', ':error-code': 'Broken', ':error-message': `The ${e} is wrong` };
    call('/v1/converse', text(awsFrame(broken, ''), frames));
    const tool = { jsonrpc: '2.0', id: 1, result: { isError: true, content: [{ type: 'text', text: `No ${e}` }] } };
    call('/v1/rpc', json({ jsonrpc: '2.0', id: 1, error: { code: -32602, message: `No ${e}` } }, 200), {
      method: 'POST',
    });
    call('/v1/rpc', text(`event: message\ndata: ${JSON.stringify(tool)}\n\n`, type), { method: 'POST' });
    const rows = `{"success":true}\n${JSON.stringify({ success: false, error: `No ${p}`, code: p })}\n`;
    call('/v1/documents/import', text(rows, { 'content-type': 'text/plain' }), { method: 'POST' });
    call('/solr/pears/stream', json({ 'result-set': { docs: [{ EXCEPTION: `No ${e}`, EOF: true }] } }, 200));
    const part = JSON.stringify({ payload: null, errors: [{ message: `No ${e}`, extensions: { code: e } }] });
    const parts = { 'content-type': 'multipart/mixed; boundary=x; subscriptionSpec=1.0' };
    call('/graphql', text(`\r\n--x\r\n\r\n${part}\r\n--x--\r\n`, parts), { method: 'POST' });
    const answered = `HTTP/1.1 400 Bad Request\r\n\r\n{"error":{"code":"${e}","message":"No ${e}"}}`;
    const batch = { 'content-type': 'multipart/mixed; boundary=y' };
    call('/v1/$batch', text(`--y\r\n\r\n${answered}\r\n--y--\r\n`, batch), { method: 'POST' });
    const reason = JSON.stringify({ choices: [{ finish_reason: 'network_error', error: `No ${e}` }] });
    call('/v1/reason', text(`data: ${reason}\n\n`, type));
    const fault = `<faultcode>pear:${e}</faultcode><faultstring>No ${e}</faultstring>`;
    const soap = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>${fault}</s:Fault></s:Body></s:Envelope>`;
    call('/v1/soap', text(soap, { 'content-type': 'application/soap+xml' }), { method: 'POST' });
    const g = planted(canary(kind, 'gRPC message'));
    const grpc = { method: 'POST', headers: { 'content-type': 'application/grpc-web+proto' } };
    const status = { 'grpc-status': '7', 'grpc-message': encodeURIComponent(`No ${g}`) };
    call('/acme.v1.Pears/Get', text('', { 'content-type': 'application/grpc-web+proto', ...status }), grpc);
    const trailer = envelope(0x80, `grpc-status: 7\r\ngrpc-message: ${status['grpc-message']}\r\n`);
    const coded = text(trailer.toString('base64'), { 'content-type': 'application/grpc-web-text' });
    call('/acme.v1.Pears/List', coded, grpc);
    const b = planted(canary(kind, 'request body'));
    call('/v1/post', bad, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ note: `see ${b}`, list: [b], deep: { value: b }, [b]: 1 }),
    });
    const h = planted(canary(kind, 'response header'));
    call(
      '/v1/headers',
      json({ message: `No ${h}` }, 403, { 'x-error-code': h, 'x-error-message': h, 'x-custom': h, ...QUOTED(h) }),
    );
    const l = planted(canary(kind, 'redirect'));
    call(
      '/v1/moved',
      json({}, 302, { location: `${origin}/v1/end/${encodeURIComponent(l)}?q=${encodeURIComponent(l)}` }),
    );
  }
  for (const name of QUERY_NAMES) call(`/v1/query?${name}=${planted(plain(`query ${name}`))}&page=1`, bad);
  for (const [name, make] of Object.entries(REQUEST_HEADERS))
    call('/v1/request-headers', bad, { headers: { [name]: make(planted(plain(`request header ${name}`))) } });
  for (const name of SHOWN_HEADERS)
    call('/v1/request-headers', bad, { headers: { [name]: `a ${planted(canary('npm token', `header ${name}`))}` } });
  for (const [name, make] of Object.entries(RESPONSE_HEADERS))
    call(
      '/v1/response-headers',
      json({ message: 'No' }, 401, { [name]: make(planted(plain(`response header ${name}`))) }),
    );

  // What an application calls itself is recorded by other instrumentations, so only shapes can be told there.
  call('/v1/agent', bad, { headers: { 'user-agent': `app (${planted(canary('GitHub token', 'user agent'))})` } });
  call(`/v1/fragment#${planted(plain('fragment'))}`, bad);
  call('/v1/form', bad, {
    method: 'POST',
    body: `password=${planted(plain('request form'))}&note=${planted(plain('request note'))}`,
  });
  call('/v1/json', bad, {
    method: 'POST',
    body: JSON.stringify({ password: planted(plain('request JSON')), note: planted(plain('request text')) }),
  });
  call('/v1/basic', bad, { auth: `user:${planted(plain('userinfo option'))}` });
  call(`/v1/reset/${planted(plain('reset path'))}42`, bad);
  call(
    '/v1/other-fields',
    json({
      error: { code: 'bad_pear' },
      session: planted(plain('response field')),
      data: { note: planted(plain('response data')) },
    }),
  );
  call('/v1/says', json({ message: `password=${planted(plain('message pair'))} was refused` }, 401));
  call('/v1/says', json({ message: `Authorization: Basic ${planted(plain('message header'))}` }, 401));
  call(
    '/v1/graphql',
    json(
      {
        data: { me: { note: planted(plain('GraphQL data')) } },
        errors: [{ message: 'No', extensions: { code: 'FORBIDDEN' } }],
      },
      200,
    ),
  );
  call('/v1/ok', json({ token: planted(plain('success body')) }, 200));
  call('/v1/aborted', bad, { abort: `stopped with ${planted(canary('Stripe live key', 'abort reason'))}` });
  call('/v1/hangs', bad, {
    abortInFlight: `stopped with ${planted(canary('GitHub token', 'abort reason in flight'))}`,
  });
  // the client's own error is told
  call('/v1/hangs', bad, {
    abortInFlight: `the body exceeds the limit of 10 bytes, ${planted(canary('GitHub token', 'own limit'))}`,
  });
  // fetch refuses userinfo and says so with the URL in its error; http sends it.
  const [, host] = origin.split('//');
  calls.push({
    client: 'fetch',
    url: `http://user:${planted(plain('userinfo'))}@${host}/v1/a`,
    method: 'GET',
    headers: {},
  });
  calls.push({
    client: 'http',
    url: `http://user:${planted(plain('userinfo of http'))}@${host}/v1/a`,
    method: 'GET',
    headers: { 'x-answer': String(bad) },
  });
  calls.push({
    client: 'fetch',
    url: `http://127.0.0.1:1/v1/a?token=${planted(plain('blocked port'))}`,
    method: 'GET',
    headers: {},
  });
  calls.push({
    client: 'http',
    url: `http://127.0.0.1:1/v1/a?token=${planted(plain('refused'))}`,
    method: 'GET',
    headers: {},
  });
  calls.push({ client: 'fetch', url: `http://${planted(plain('host label'))}:pw@@/`, method: 'GET', headers: {} });
  return { calls, answers, canaries };
}
