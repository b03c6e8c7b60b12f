import { describe, expect, it } from 'vitest';
import type { Phase } from '../../../src/contract/index.ts';
import { REASONS } from '../../../src/contract/index.ts';
import { rootOf } from '../../../src/error-kind.ts';
import { wantsTls } from '../../../src/layers/tls.ts';
import { classifyTransport, type TransportFacts } from '../../../src/layers/transport.ts';

const error = (code: string, message = '', more: object = {}) => Object.assign(new Error(message), { code, ...more });
const at = (phase: Phase, raised: unknown, more: Partial<TransportFacts> = {}) => {
  const { kind, layer, reason } = classifyTransport({
    phase,
    error: raised,
    toProxy: false,
    timedOut: false,
    cancelled: false,
    ...more,
  });
  return kind === 'cancelled' ? kind : `${layer} ${reason}`;
};
const PHASES: readonly Phase[] = ['queued', 'dns', 'tcp', 'tls', 'send', 'wait', 'body'];

describe('one code, one reason wherever it is met', () => {
  it.each([
    ['ENOTFOUND', 'dns dns.name_not_resolved'],
    ['EAI_AGAIN', 'dns dns.failed'],
    ['ECONNREFUSED', 'tcp tcp.refused'],
    ['CERT_HAS_EXPIRED', 'tls tls.cert.date_invalid'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls tls.cert.name_invalid'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls tls.cert.authority_invalid'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls tls.version_or_cipher_mismatch'],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'tls tls.version_or_cipher_mismatch'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls tls.protocol.error'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls tls.bad_client_auth_cert'],
    ['UND_ERR_INVALID_ARG', 'client client.invalid_argument'],
    ['ERR_INVALID_URL', 'client client.invalid_url'],
  ])('%s', (code, expected) => {
    for (const phase of PHASES) expect(at(phase, error(code))).toBe(expected);
  });
});

describe('one code, another reason by where the call was', () => {
  it.each<[Phase, string, string]>([
    ['tcp', 'ECONNRESET', 'tcp tcp.reset'],
    ['tls', 'ECONNRESET', 'tls tls.closed'],
    ['send', 'EPIPE', 'send http.request.reset'],
    ['wait', 'ECONNRESET', 'wait http.response.reset'],
    ['body', 'ECONNRESET', 'body http.response.truncated'],
    ['wait', 'UND_ERR_SOCKET', 'wait http.response.closed'],
    ['body', 'UND_ERR_SOCKET', 'body http.response.truncated'],
    ['dns', 'ETIMEDOUT', 'dns dns.timed_out'],
    ['tcp', 'UND_ERR_CONNECT_TIMEOUT', 'tcp tcp.timed_out'],
    ['tls', 'UND_ERR_CONNECT_TIMEOUT', 'tls tls.timed_out'],
    ['wait', 'UND_ERR_HEADERS_TIMEOUT', 'wait http.response.timed_out'],
    ['body', 'UND_ERR_BODY_TIMEOUT', 'body http.response.stalled'],
    ['wait', 'HPE_INVALID_CONSTANT', 'wait http.response.invalid'],
    ['body', 'HPE_INVALID_CHUNK_SIZE', 'body http.response.decoding_failed'],
    ['body', 'Z_DATA_ERROR', 'body http.response.decoding_failed'],
    ['tcp', 'EMFILE', 'client client.local_error'],
    ['send', 'ENOENT', 'client client.body_failed'],
    ['queued', 'UND_ERR_DESTROYED', 'client client.closed'],
    ['body', 'UND_ERR_DESTROYED', 'cancelled'],
    ['wait', 'ERR_HTTP2_STREAM_ERROR', 'wait http.protocol.error'],
  ])('%s %s', (phase, code, expected) => {
    expect(at(phase, error(code))).toBe(expected);
  });
});

it('tells a deadline from a cancel by the signal’s reason, at the layer where it fired', () => {
  const timeout = new DOMException('timeout', 'TimeoutError');
  const abort = new DOMException('abort', 'AbortError');
  expect(at('wait', timeout)).toBe('wait http.response.timed_out');
  expect(
    at('tcp', Object.assign(new Error('aborted', { cause: timeout }), { name: 'AbortError', code: 'ABORT_ERR' })),
  ).toBe('tcp tcp.timed_out');
  expect(at('wait', abort)).toBe('cancelled');
  expect(at('wait', new Error('user went away'), { cancelled: true })).toBe('cancelled');
  expect(at('wait', error('ECONNRESET', 'socket hang up'), { timedOut: true })).toBe('wait http.response.timed_out');
});

it('tells the proxy from the target', () => {
  const refusal = (status: number) =>
    error('UND_ERR_ABORTED', `Proxy response (${status}) !== 200 when HTTP Tunneling`, { name: 'AbortError' });
  expect(at('queued', refusal(407))).toBe('proxy proxy.auth_required');
  expect(at('queued', refusal(502))).toBe('proxy proxy.refused');
  expect(at('tcp', error('ECONNREFUSED'), { toProxy: true })).toBe('proxy proxy.unreachable');
  expect(at('tcp', error('UND_ERR_CONNECT_TIMEOUT'), { toProxy: true })).toBe('proxy proxy.timed_out');
  expect(at('tcp', error('CERT_HAS_EXPIRED'), { toProxy: true })).toBe('tls tls.cert.date_invalid');
  expect(at('body', error('ECONNRESET'), { toProxy: true })).toBe('body http.response.truncated');
});

it('reads OpenSSL’s reason out of EPROTO, whatever id stands before it', () => {
  const proto = (reason: string) =>
    error('EPROTO', `write EPROTO 80CB2D:error:0A00010B:SSL routines:f:${reason}:../a.c:1:\n`);
  expect(at('tls', proto('wrong version number'))).toBe('tls tls.protocol.error');
  expect(at('tls', proto('tlsv1 alert protocol version'))).toBe('tls tls.version_or_cipher_mismatch');
  expect(at('tls', proto('something new'))).toBe('tls tls.failed');
});

it('unwraps fetch failures, aggregates and HTTP/2 cancellations', () => {
  const refused = error('ECONNREFUSED');
  const all = new AggregateError([error('ENETUNREACH'), refused]);
  expect(rootOf(new TypeError('fetch failed', { cause: all }))).toBe(refused);
  expect(rootOf(error('ERR_HTTP2_STREAM_CANCEL', '', { cause: refused }))).toBe(refused);
  const loop: { cause?: unknown; name: string; message: string } = { name: 'TypeError', message: 'fetch failed' };
  loop.cause = loop;
  expect(rootOf(loop)).toBe(loop);
});

it('takes anything thrown, and only says words of the contract that fit their layer', () => {
  const thrown = [
    undefined,
    null,
    0,
    'text',
    Symbol('s'),
    {},
    [],
    () => {},
    { code: {} },
    { code: '__proto__' },
    new Error(),
    new TypeError(),
  ];
  for (const phase of PHASES)
    for (const value of thrown)
      for (const toProxy of [false, true]) {
        const verdict = classifyTransport({ phase, error: value, toProxy, timedOut: false, cancelled: false });
        if (verdict.kind === 'failed') expect(REASONS[verdict.reason!].layers).toContain(verdict.layer);
      }
});

describe('a size limit of the client’s own', () => {
  it.each([
    ['ETOOLARGE', 'Maximum response size reached'],
    ['ERR_BAD_RESPONSE', 'maxContentLength size of 1000 exceeded'],
    ['ERR_FR_MAX_BODY_LENGTH_EXCEEDED', 'Request body larger than maxBodyLength limit'],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'Response content exceeded max size'],
    ['UND_ERR_ABORTED', 'Response size (3000) larger than maxSize (1000)'],
    ['', 'content size at http://a.example/ over limit: 1000'],
    ['EBADSIZE', 'Bad data size: expected 1000 bytes, but got 6000'],
    ['ERR_BUFFER_TOO_LARGE', 'Cannot create a Buffer larger than 1024 bytes'],
    ['ERR_CHILD_PROCESS_STDIO_MAXBUFFER', 'stdout maxBuffer length exceeded'],
    ['', 'maxBuffer exceeded'],
    ['', 'Response body exceeded the limit of 1000 bytes'],
    ['', 'image too large'],
  ])('%s %s', (code, message) => {
    for (const cancelled of [true, false])
      expect(at('body', error(code, message), { cancelled })).toBe('client client.limit_exceeded');
  });
  it.each([
    ['', 'socket hang up'],
    ['', 'aborted'],
    ['', 'Response timeout: maximum body time exceeded'],
    ['', 'rate limit exceeded for body size'],
    ['', 'Maximum number of redirects exceeded'],
    ['', 'the user left the page'],
    ['', 'The body came from an older request'],
    ['Z_DATA_ERROR', 'too many length or distance symbols'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long'],
    ['ECONNRESET', 'read ECONNRESET, body length 10'],
    ['HPE_INVALID_CONTENT_LENGTH', 'Parse Error: Content-Length overflow, too large'],
  ])('is none: %s %s', (code, message) => {
    for (const cancelled of [true, false])
      expect(at('body', error(code, message), { cancelled })).not.toContain('limit_exceeded');
  });
});

describe('TLS where HTTP is expected', () => {
  const parse = (more: object) => error('HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/', more);
  it.each([
    ['an alert, node:http', { rawPacket: Buffer.from('15030100020246', 'hex') }, 'endpoint http.scheme_mismatch'],
    ['a handshake, node:http', { rawPacket: Buffer.from('160301', 'hex') }, 'endpoint http.scheme_mismatch'],
    ['an alert, undici', { data: '\u0015\u0003\u0001' }, 'endpoint http.scheme_mismatch'],
    ['other bytes', { rawPacket: Buffer.from('SSH-2.0') }, 'wait http.response.invalid'],
    ['other text', { data: 'SSH-2.0' }, 'wait http.response.invalid'],
    ['nothing', {}, 'wait http.response.invalid'],
  ])('%s', (_, more, expected) => {
    expect(at('wait', parse(more))).toBe(expected);
  });
  it.each([
    [400, '<title>400 The plain HTTP request was sent to HTTPS port</title>', true],
    [400, "Reason: You're speaking plain HTTP to an SSL-enabled server port.", true],
    [400, 'Client sent an HTTP request to an HTTPS server.\n', true],
    [400, 'Bad Request\nThis combination of host and port requires TLS.\n', true],
    [400, '{"error":"use https for callbacks"}', false],
    [404, 'Client sent an HTTP request to an HTTPS server.', false],
    [400, undefined, false],
  ])('%i %s', (status, body, expected) => {
    expect(wantsTls(status, body)).toBe(expected);
  });
});
