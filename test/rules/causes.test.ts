import { expect, it } from 'vitest';
import { firstCheckOf, LAYER, type LayerName, REASONS, type Reason } from '../../src/contract/index.ts';
import { checklistOf } from '../../src/evidence/checklist.ts';
import type { FailureRecord } from '../../src/evidence/record.ts';
import { failure } from '../support/failures.ts';

/** What happened, as what it is told, the client's own error or the status and what else is known, and the words that name the cause. */
type Case = [what: string, reason: Reason, known: string | Partial<FailureRecord>, cause: string, layer?: LayerName];
const CASES: readonly Case[] = [
  ['the answer’s headers are above 16 KiB', 'client.limit_exceeded', 'HPE_HEADER_OVERFLOW', '--max-http-header-size'],
  ['the same in undici', 'client.limit_exceeded', 'UND_ERR_HEADERS_OVERFLOW', 'headers are larger'],
  ['undici’s maxResponseSize', 'client.limit_exceeded', 'UND_ERR_RES_EXCEEDED_MAX_SIZE', 'maxResponseSize'],
  [
    'axios’ maxContentLength, node-fetch’s size',
    'client.limit_exceeded',
    'ERR_BAD_RESPONSE',
    'a size limit of the client',
  ],
  ['length and chunked at once', 'http.response.invalid', 'HPE_INVALID_TRANSFER_ENCODING', 'both Content-Length'],
  ['a bad character in a header', 'http.response.invalid', 'HPE_INVALID_HEADER_TOKEN', 'character'],
  ['lines that end with LF', 'http.response.invalid', 'HPE_CR_EXPECTED', 'LF alone'],
  ['no HTTP at all', 'http.response.invalid', 'HPE_INVALID_CONSTANT', 'https where it speaks TLS'],
  ['an inspecting proxy’s root', 'tls.cert.authority_invalid', 'SELF_SIGNED_CERT_IN_CHAIN', 'inspecting proxy'],
  ['no intermediate is sent', 'tls.cert.authority_invalid', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'no intermediate'],
  ['a self-signed server', 'tls.cert.authority_invalid', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'signed by itself'],
  ['another untrusted issuer', 'tls.cert.authority_invalid', 'CERT_UNTRUSTED', 'who issued'],
  ['a certificate past its end', 'tls.cert.date_invalid', 'CERT_HAS_EXPIRED', 'expired'],
  ['a certificate before its start', 'tls.cert.date_invalid', 'CERT_NOT_YET_VALID', 'not valid yet'],
  ['dates that say neither', 'tls.cert.date_invalid', 'ERROR_IN_CERT_NOT_AFTER_FIELD', 'the certificate’s end'],
  ['another host’s certificate', 'tls.cert.name_invalid', 'ERR_TLS_CERT_ALTNAME_INVALID', 'names'],
  ['a revoked certificate', 'tls.cert.revoked', 'CERT_REVOKED', 'revoked'],
  ['a client certificate is wanted', 'tls.bad_client_auth_cert', 'EPROTO', 'client certificate'],
  ['TLS that is too old', 'tls.version_or_cipher_mismatch', 'EPROTO', 'versions and ciphers'],
  ['plain HTTP on a TLS port', 'tls.protocol.error', 'EPROTO', 'does not speak TLS'],
  ['http:// on a TLS port', 'http.scheme_mismatch', 'HPE_INVALID_CONSTANT', 'call it by https://'],
  ['a hang-up on port 8443', 'http.response.closed', { url: 'http://a.example:8443/x' }, 'may speak TLS'],
  ['a mute handshake', 'tls.timed_out', 'ETIMEDOUT', 'not the handshake'],
  ['a slow address beside a dead one', 'tcp.timed_out', 'ETIMEDOUT', '--network-family-autoselection-attempt-timeout'],
  ['a resolver that fails', 'dns.failed', 'EAI_AGAIN', 'resolver'],
  ['no ports are left', 'client.local_error', 'EADDRNOTAVAIL', 'no free port'],
  ['no descriptors are left', 'client.local_error', 'EMFILE', 'no file descriptor'],
  ['a key that cannot be read', 'client.local_error', 'ERR_OSSL_PEM_NO_START_LINE', 'key, certificate or passphrase'],
  ['a file that may not be read', 'client.local_error', 'EACCES', 'permissions'],
  ['the upload’s file breaks', 'client.body_failed', 'EIO', 'source of the request’s own body'],
  ['another length than said', 'client.invalid_argument', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'another length'],
  ['a stream is redirected', 'client.redirect_refused', '', 'cannot be sent again'],
  ['a deadline in the own queue', 'client.timed_out', 'UND_ERR_ABORTED', 'own pool were busy'],
  ['the own queue is full', 'client.pool_exhausted', 'UND_ERR_BPL_MISSING_UPSTREAM', 'own pool were busy'],
  ['a closed agent', 'client.closed', 'UND_ERR_CLOSED', 'closed before the call'],
  ['a proxy wants credentials', 'proxy.auth_required', '', 'Proxy-Authorization'],
  ['a proxy refuses', 'proxy.refused', '', 'answer to CONNECT'],
  ['a dead proxy', 'proxy.unreachable', 'ECONNREFUSED', 'to the proxy'],
  ['a mute proxy', 'proxy.timed_out', 'ETIMEDOUT', 'up but mute'],
  ['a proxy hangs up', 'proxy.failed', 'ECONNRESET', 'proxy hung up'],
  ['a connection given up while idle', 'http.connection.stale', 'ECONNRESET', 'keep-alive times of both sides'],
  ['a provider that never answers', 'http.response.timed_out', 'ETIMEDOUT', 'later than this call waits'],
  ['a body cut off', 'http.response.truncated', 'UND_ERR_SOCKET', 'bytes received of bytes announced'],
  ['a body that stops', 'http.response.stalled', 'UND_ERR_BODY_TIMEOUT', 'stopped coming'],
  ['damaged gzip', 'http.response.decoding_failed', 'Z_DATA_ERROR', 'coding is damaged'],
  ['a stream without its last event', 'http.response.unfinished', '', 'without its last event'],
  ['redirects that go round', 'http.response.redirect_loop', { status: 302 }, 'redirects lead'],
  ['GOAWAY', 'http.protocol.error', 'ERR_HTTP2_SESSION_ERROR', 'HTTP/2 stream or session', 'wait'],
  ['no credit', 'http.no_credit', { status: 429 }, 'credit, balance and billing'],
  ['the day’s quota is spent', 'http.quota_exhausted', { status: 429 }, 'daily or monthly quota'],
  ['a provider without capacity', 'http.overloaded', { status: 529 }, 'calling less does not mend it'],
  ['402', 'http.error', { status: 402 }, 'billing', 'payload'],
  ['424', 'http.error', { status: 424 }, 'depends on', 'payload'],
  ['407 of no known proxy', 'http.error', { status: 407 }, 'the proxy’s credentials', 'auth'],
  ['401 without a credential', 'http.error', { status: 401, authScheme: 'none' }, 'no credential was sent', 'auth'],
  [
    '401 after a redirect',
    'http.error',
    { status: 401, authScheme: 'none', droppedBy: 'old.example' },
    'the redirect from old.example dropped it',
    'auth',
  ],
];

const layerOf = ([, reason, , , layer]: Case): LayerName => layer ?? REASONS[reason].layers[0];

function textOf(one: Case): string {
  const [, reason, known] = one;
  const more = typeof known === 'string' ? { status: undefined, ...(known && { error: known }) } : known;
  const record = failure({ layer: layerOf(one), reason, retryAdvice: undefined, code: undefined, ...more });
  return checklistOf(record).find(({ verdict }) => verdict === 'here')!.next!;
}

it.each(CASES)('%s: the page names the cause', (...one) => {
  expect(textOf(one)).toContain(one[3]);
});

it('has a case for every reason that has a check of its own', () => {
  const told = new Set(CASES.map(([, reason]) => reason));
  const own = (Object.keys(REASONS) as Reason[]).filter((reason) => {
    const [layer] = REASONS[reason].layers;
    return firstCheckOf(layer, reason) !== LAYER[layer].firstCheck;
  });
  expect(own.filter((reason) => !told.has(reason))).toEqual([]);
});

it('docs/causes.md shows them all; `--update` writes it', async () => {
  const rows = CASES.map((one) => {
    const [what, reason, known, cause] = one;
    const seen = typeof known === 'string' ? known : `status ${known.status}`;
    return `| ${what} | ${layerOf(one)} | \`${reason}\`${seen && `, ${seen}`} | ${textOf(one)} | ${cause} |`;
  });
  const page = `# What the page says, by cause

Each row is a case, what it is told as, the text of its page, and the words in it that name the cause. A test makes the texts anew
(\`test/rules/causes.test.ts\`).

| case | layer | reason, and what is known | text of the page | cause |
|---|---|---|---|---|
${rows.join('\n')}
`;
  await expect(page).toMatchFileSnapshot('../../docs/causes.md');
});
