import { expect, it } from 'vitest';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { runNode } from '../../support/run-node.ts';
import { fake } from './server.ts';

type Spans = OtlpSink['spans'];
/** What an application made of the fakes' answers, and the spans that were sent of it. */
async function ran(app: string, spans: number): Promise<{ stdout: string; spans: Spans }> {
  const provider = await fake();
  const sink = await otlpSink();
  try {
    const env = { ONE: provider.one, TWO: provider.two, NOBODY: '127.0.0.1:1', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
    const result = await runNode(['--require', 'faultlayer/register', `apps/${app}.mjs`], {
      cwd: fieldApp('streams'),
      env,
    });
    expect([result.code, result.stderr.includes('faultlayer:')]).toEqual([0, false]);
    return { stdout: result.stdout, spans: await sink.waitForSpans(spans) };
  } finally {
    await provider.close();
    await sink.close();
  }
}

/** The spans whose URL or method has this in it, in the order of their calls, as layer, code and request ID. */
const told = (spans: Spans, part: string): string[] =>
  spans
    .filter(({ name, attributes: a }) => `${name} ${decodeURIComponent(String(a['url.full']))}`.includes(part))
    .sort((a, b) => Number(a.startNanos - b.startNanos))
    .map(({ attributes: a }) => {
      const words = [
        a['api.failure.layer'] ?? (a['api.cancelled'] ? 'cancelled' : 'ok'),
        a['api.provider.code'],
        a['api.provider.request_id'],
      ];
      return words.filter(Boolean).join(' ');
    });

it('streams of openai, Anthropic, ai, genai and Bedrock', async () => {
  const { stdout, spans } = await ran('models', 15);
  expect(stdout.match(/: raised$/gm)).toHaveLength(6);
  const cases: Record<string, string[]> = {
    'chat: error in the middle': ['service server_error req-9'],
    'chat: good, quoting': ['ok req-9'],
    'openrouter: error with a reason': ['service req-9'],
    'responses: failed alone, 30 KB': ['service server_error req-9'],
    'responses: error and failed': ['throttling insufficient_quota req-9'],
    'responses: completed, 30 KB': ['ok req-9'],
    'anthropic: overloaded in the middle': ['throttling overloaded_error req-9'],
    'anthropic: good, quoting': ['ok req-9'],
    'anthropic: cut in good order': ['body req-9'],
    'chat: error after 72 KB': ['throttling rate_limit_exceeded req-9'],
    'chat: good/': ['ok req-9'],
    'gemini: error': ['service UNAVAILABLE req-9'],
    'gemini: good with CRLF': ['ok req-9'],
    'bedrock: throttled': ['throttling throttlingException req-9'],
    'bedrock: good, quoting': ['ok req-9'],
  };
  const seen = Object.fromEntries(Object.keys(cases).map((name) => [name, told(spans, name)]));
  expect(seen).toEqual(cases);
  for (const { attributes } of spans) expect(attributes['api.stream.first_chunk']).toBeGreaterThan(0);
});

it('procedures of grpc-js, connect-node, Google Cloud and MCP', async () => {
  const { stdout, spans } = await ran('procedures', 17);
  expect(stdout).toContain('grpc-js Flaky: good\n');
  // the second attempt of grpc-js says so itself (gRFC A6)
  expect(told(spans, 'acme.v1.Items/Flaky')).toEqual(['service 14', 'ok']);
  const attempts = spans.filter(({ name }) => name.endsWith('Items/Flaky'));
  expect(attempts.map(({ attributes: a }) => a['http.request.resend_count'] ?? 0).sort()).toEqual([0, 1]);
  expect(stdout).toContain(
    'secret-manager: 7\nfirestore: 7\nmcp unknown: -32602\nmcp broken: -32603\nmcp tool: good\nmcp fine: good\n',
  );
  expect(told(spans, 'acme.v1.Items/Denied')).toEqual(['auth 7', 'tcp']);
  expect(told(spans, 'acme.v1.Items/Down')).toEqual(['service 14']);
  expect(told(spans, 'acme.v1.Items/Get')).toEqual(['service unavailable req-9', 'throttling 8', 'throttling 8 req-9']);
  expect(told(spans, 'SecretManagerService/AccessSecretVersion')).toEqual(['auth SERVICE_DISABLED']);
  expect(told(spans, 'Firestore/BatchGetDocuments')).toEqual(['auth 7']);
  expect(told(spans, '/mcp').filter((one) => !one.startsWith('ok'))).toEqual([
    'payload -32602 mcp-1',
    'service -32603 mcp-1',
    'payload mcp-1',
  ]);
  const types = spans.map(({ attributes: a }) => a['error.type']);
  for (const type of [
    'PERMISSION_DENIED',
    'UNAVAILABLE',
    'RESOURCE_EXHAUSTED',
    'unavailable',
    '-32602',
    'mcp.tool_error',
    'tcp.refused',
  ])
    expect(types).toContain(type);
});

it.each(['ws', 'native'])('sessions of WebSockets, %s', async (name) => {
  const { stdout, spans } = await ran('sockets', 20);
  expect(stdout).toContain('ws cut: 1006\nws broken: 1011\nnative 401: 1006');
  const calls = (how: string) =>
    told(
      spans.filter(({ attributes: a }) => !('api.websocket.close_code' in a)),
      `/${name}/${how}`,
    );
  // fetch asks once more with the URL's credentials (Fetch standard §4.6), and so does Node's own
  const refused = name === 'native' ? ['auth req-9', 'auth req-9'] : ['auth req-9'];
  expect({ 401: calls('401'), 503: calls('503') }).toEqual({ 401: refused, 503: ['service req-9'] });
  for (const how of ['good', 'away', 'own', 'cut', 'broken']) expect([how, calls(how)]).toEqual([how, ['ok']]);
  const ends = spans.filter(
    ({ attributes: a }) => 'api.websocket.close_code' in a && String(a['url.full']).includes(name),
  );
  expect(
    ends.map(({ attributes: a }) => [a['api.websocket.close_code'], a['api.failure.reason'], a['api.failure.layer']]),
  ).toEqual([
    [1006, 'websocket.closed', 'body'],
    [1011, 'websocket.closed', 'body'],
  ]);
  for (const { links, attributes: a } of ends) {
    const path = new URL(String(a['url.full'])).pathname;
    const handshake = spans.find((span) => span.spanId === links[0]?.spanId);
    expect(String(handshake?.attributes['url.full'])).toContain(path);
  }
});

it('attempts of the AI SDK in a script are linked, calls of a chat are not', async () => {
  const { stdout, spans } = await ran('retries', 5);
  expect(stdout).toBe('good\nrejected fulfilled\n');
  const inOrder = spans.toSorted((a, b) => Number(a.startNanos - b.startNanos));
  const before = ({ links }: (typeof spans)[number]) => inOrder.findIndex(({ spanId }) => spanId === links[0]?.spanId);
  expect(inOrder.map((span) => [span.attributes['http.request.resend_count'] ?? 0, before(span)])).toEqual([
    ...[0, 1, 2].map((resent) => [resent, resent - 1]),
    ...[0, 0].map((resent) => [resent, -1]),
  ]);
  // a 503 that names a wait has refused the work
  expect(inOrder.map(({ attributes: a }) => a['api.retry.kind'])).toEqual([
    ...[undefined, 'safe', 'safe'],
    ...[undefined, undefined],
  ]);
});
