import type { Reason } from '../contract/index.ts';
import { fieldsOf } from '../error-kind.ts';
import { inverse } from '../lists.ts';

/** OpenSSL X509_V_ERR names as Node reports them (`X509_verify_cert_error_string`, node: src/crypto/crypto_common.cc). */
const CERTIFICATE = inverse<Reason>({
  'tls.cert.date_invalid':
    'CERT_HAS_EXPIRED CERT_NOT_YET_VALID ERROR_IN_CERT_NOT_BEFORE_FIELD ERROR_IN_CERT_NOT_AFTER_FIELD',
  'tls.cert.name_invalid': 'ERR_TLS_CERT_ALTNAME_INVALID ERR_TLS_CERT_ALTNAME_FORMAT HOSTNAME_MISMATCH',
  'tls.cert.authority_invalid':
    'DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY ' +
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE CERT_UNTRUSTED CERT_CHAIN_TOO_LONG',
  'tls.cert.revoked': 'CERT_REVOKED',
  'tls.cert.invalid':
    'UNABLE_TO_GET_CRL CRL_HAS_EXPIRED CRL_NOT_YET_VALID CERT_SIGNATURE_FAILURE CERT_REJECTED INVALID_CA INVALID_PURPOSE ' +
    'PATH_LENGTH_EXCEEDED',
});

/**
 * Words of OpenSSL reason strings, first match wins. The same failure comes as `ERR_SSL_<REASON>` or, before the handshake has ended,
 * as `EPROTO` with the reason in the message, so both are brought to one form.
 */
const HANDSHAKE: { readonly [R in Reason]?: RegExp } = {
  'tls.bad_client_auth_cert':
    /CERTIFICATE_REQUIRED|ALERT_(BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_(EXPIRED|UNKNOWN|REVOKED)|ALERT_UNKNOWN_CA|ALERT_ACCESS_DENIED/,
  'tls.version_or_cipher_mismatch':
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|NO_SHARED_CIPHER|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|NO_APPLICATION_PROTOCOL|WRONG_SSL_VERSION|NO_CIPHERS|UNSUPPORTED_SSL|INAPPROPRIATE_FALLBACK|NO_SUITABLE|DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|UNKNOWN_CIPHER|NO_COMMON|UNRECOGNIZED_NAME/,
  'tls.cert.invalid': /CERTIFICATE_VERIFY_FAILED/,
  'tls.protocol.error':
    /WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNEXPECTED|DECODE_ERROR|DECRYPT|BAD_RECORD|RECORD|EXTENSION|UNEXPECTED_EOF/,
};

/** The OpenSSL reason in upper-case words, e.g. `TLSV1_ALERT_PROTOCOL_VERSION`; empty when the error is not OpenSSL's. */
function opensslReason(code: string, message: string): string {
  if (code.startsWith('ERR_SSL_')) return code.slice('ERR_SSL_'.length);
  if (code !== 'EPROTO') return '';
  // "write EPROTO 80CB…:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/…"
  const parts = /error:[0-9A-F]+:SSL routines:[^:]*:([^:]+)/i.exec(message);
  return parts ? parts[1]!.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_') : 'EPROTO';
}

/** The reason of a TLS error by its code, wherever it was raised; undefined for anything that is not TLS's own. */
export function tlsReason(error: unknown): Reason | undefined {
  const { code, message } = fieldsOf(error);
  const certificate = CERTIFICATE.get(code);
  if (certificate !== undefined) return certificate;
  const words = opensslReason(code, message);
  if (words === '') return code.startsWith('ERR_TLS_') ? 'tls.failed' : undefined;
  const known = Object.entries(HANDSHAKE).find(([, pattern]) => pattern.test(words))?.[0];
  return (known as Reason | undefined) ?? 'tls.failed';
}

/** A record of TLS (RFC 8446 §5.1): an alert or a handshake, then the version's first byte. */
const isRecord = (first: unknown, second: unknown): boolean => (first === 0x15 || first === 0x16) && second === 0x03;

/** Is what the parser choked on TLS? Node's http keeps the bytes, undici a text of them. */
export function isTlsAnswer(error: unknown): boolean {
  const { rawPacket, data } = (error ?? {}) as { rawPacket?: unknown; data?: unknown };
  if (rawPacket instanceof Uint8Array) return isRecord(rawPacket[0], rawPacket[1]);
  return typeof data === 'string' && isRecord(data.charCodeAt(0), data.charCodeAt(1));
}

/** What servers answer to plain HTTP on a TLS port: nginx, Apache, Go and Caddy, Tomcat, Traefik and others by the same words. */
const WANTS_TLS =
  /plain HTTP request was sent to (?:an )?HTTPS|speaking plain HTTP to an? (?:SSL|TLS)|sent an HTTP request to an HTTPS|HTTP request to an? (?:HTTPS|TLS|SSL)|host and port requires? TLS/i;
export const wantsTls = (status: number | undefined, body: string | undefined): boolean =>
  status === 400 && body !== undefined && WANTS_TLS.test(body);
