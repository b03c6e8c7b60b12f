import { expect, it } from 'vitest';
import {
  firstCheckOf,
  LAYER,
  LAYERS,
  ownerOf,
  type Phase,
  REASONS,
  type Reason,
  sentOf,
  stageOf,
} from '../../../src/contract/index.ts';
import { classifyTransport } from '../../../src/layers/transport.ts';

const PHASES: readonly Phase[] = ['queued', 'dns', 'tcp', 'tls', 'send', 'wait', 'body'];
const SENT = ['no', 'partly', 'yes', 'unknown'] as const;
const CODES =
  'ECONNRESET ECONNREFUSED ETIMEDOUT ENOTFOUND EMFILE EADDRNOTAVAIL EPIPE EIO CERT_HAS_EXPIRED HPE_HEADER_OVERFLOW HPE_INVALID_CONSTANT UND_ERR_SOCKET UND_ERR_HEADERS_TIMEOUT UND_ERR_REQ_CONTENT_LENGTH_MISMATCH UND_ERR_RES_EXCEEDED_MAX_SIZE ERR_INVALID_CHAR ERR_HTTP2_STREAM_ERROR ERR_OSSL_PEM_NO_START_LINE';
const ERRORS: readonly unknown[] = [
  undefined,
  new Error('socket hang up'),
  new TypeError('Invalid URL'),
  new DOMException('timed out', 'TimeoutError'),
  ...CODES.split(' ').map((code) => Object.assign(new Error(code), { code })),
];

it('never tells a call that sent bytes as one that never left, whatever ended it wherever', () => {
  for (const phase of PHASES)
    for (const error of ERRORS)
      for (const sent of SENT)
        for (const flags of [{}, { timedOut: true }, { toProxy: true }]) {
          const facts = { phase, error, toProxy: false, timedOut: false, cancelled: false, ...flags };
          const { layer, reason } = classifyTransport(facts);
          if (layer === undefined) continue;
          const told = sentOf(layer, sent);
          const stage = stageOf(layer, told, phase === 'body');
          if (stage === 'before_send') expect(told, `${phase} ${reason}`).toBe('no');
          expect(['no', sent]).toContain(told);
          expect(REASONS[reason!].layers).toContain(layer);
        }
});

it('gives the failure to who can mend it', () => {
  expect(ownerOf('wait', 'http.connection.stale')).toBe('network');
  for (const { name, owner } of LAYERS) expect(ownerOf(name, undefined)).toBe(owner);
});

/** A case, its layer, reason and error code, and the cause that the page's first check must name. */
type Case = [why: string, layer: Parameters<typeof firstCheckOf>[0], reason: Reason, error: string, cause: RegExp];
it.each<Case>([
  ['headers above 16 KiB', 'client', 'client.limit_exceeded', 'HPE_HEADER_OVERFLOW', /--max-http-header-size/],
  ['the same in undici', 'client', 'client.limit_exceeded', 'UND_ERR_HEADERS_OVERFLOW', /maxHeaderSize/],
  ['maxResponseSize', 'client', 'client.limit_exceeded', 'UND_ERR_RES_EXCEEDED_MAX_SIZE', /maxResponseSize/],
  ['axios maxContentLength', 'client', 'client.limit_exceeded', 'ERR_BAD_RESPONSE', /maxContentLength/],
  ['length and chunked', 'wait', 'http.response.invalid', 'HPE_INVALID_TRANSFER_ENCODING', /both Content-Length/],
  ['a bad character', 'wait', 'http.response.invalid', 'HPE_INVALID_HEADER_TOKEN', /character/],
  ['lines end with LF', 'wait', 'http.response.invalid', 'HPE_CR_EXPECTED', /LF alone/],
  ['no HTTP at all', 'wait', 'http.response.invalid', 'HPE_INVALID_CONSTANT', /does not speak HTTP/],
  ['an inspecting proxy', 'tls', 'tls.cert.authority_invalid', 'SELF_SIGNED_CERT_IN_CHAIN', /inspecting proxy/],
  ['no intermediate', 'tls', 'tls.cert.authority_invalid', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', /intermediate/],
  ['a self-signed server', 'tls', 'tls.cert.authority_invalid', 'DEPTH_ZERO_SELF_SIGNED_CERT', /signed by itself/],
  ['an expired certificate', 'tls', 'tls.cert.date_invalid', 'CERT_HAS_EXPIRED', /expired/],
  ['another host’s certificate', 'tls', 'tls.cert.name_invalid', 'ERR_TLS_CERT_ALTNAME_INVALID', /names/],
  ['a client certificate wanted', 'tls', 'tls.bad_client_auth_cert', '', /client certificate/],
  ['old TLS', 'tls', 'tls.version_or_cipher_mismatch', 'EPROTO', /versions and ciphers/],
  ['plain HTTP on a TLS port', 'tls', 'tls.protocol.error', 'EPROTO', /port/],
  ['a mute handshake', 'tls', 'tls.timed_out', '', /handshake/],
  ['a slow address', 'tcp', 'tcp.timed_out', 'ETIMEDOUT', /--network-family-autoselection-attempt-timeout/],
  ['no ports left', 'client', 'client.local_error', 'EADDRNOTAVAIL', /no free port/],
  ['no descriptors left', 'client', 'client.local_error', 'EMFILE', /file descriptor/],
  ['an unreadable key', 'client', 'client.local_error', 'ERR_OSSL_PEM_NO_START_LINE', /key, certificate or passphrase/],
  ['the upload’s file breaks', 'client', 'client.body_failed', 'EIO', /source of the request’s own body/],
  [
    'another length',
    'client',
    'client.invalid_argument',
    'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
    /Content-Length header/,
  ],
  ['a stream redirected', 'client', 'client.redirect_refused', '', /cannot be sent again/],
  ['the own pool is busy', 'client', 'client.timed_out', '', /maxSockets/],
  ['a proxy wants credentials', 'proxy', 'proxy.auth_required', '', /Proxy-Authorization/],
  ['a dead proxy', 'proxy', 'proxy.unreachable', '', /to the proxy/],
  ['a mute proxy', 'proxy', 'proxy.timed_out', '', /proxy is up but mute/],
  ['a connection given up', 'wait', 'http.connection.stale', 'ECONNRESET', /keep-alive times of both sides/],
  ['a body cut off', 'body', 'http.response.truncated', 'UND_ERR_SOCKET', /bytes received of bytes announced/],
])('%s: the first check names the cause', (_why, layer, reason, error, cause) => {
  const text = firstCheckOf(layer, reason, error);
  expect(text).toMatch(cause);
  expect(text).not.toBe(LAYER[layer].firstCheck);
});
