import type { TlsReport } from './probes/tls.ts';
import { type Finding, note, ok, unknown } from './report.ts';
import { age } from './words.ts';

const CHECK = 'revocation';

/**
 * Whether the server’s certificate was withdrawn, as far as the server itself proves it (RFC 6066 §8, “OCSP stapling”). Nobody else is asked: the
 * responder would learn who looks. Node and curl do not look at it, so nothing here is a mismatch of the call.
 */
export function revocationFinding({ revocation }: TlsReport, now: number): Finding {
  if (revocation === undefined)
    return unknown(CHECK, 'not checked: the server staples no OCSP response (Node and curl would not look at one)');
  if (typeof revocation === 'string') return note(CHECK, `the stapled OCSP response is of no use: ${revocation}`);
  const { status, signed, thisUpdate, nextUpdate, revokedAt } = revocation;
  const made = `made ${age((now - thisUpdate.getTime()) / 1000)} ago`;
  if (!signed)
    return note(
      CHECK,
      `stapled OCSP says ${status}, ${made}, not signed by the issuer`,
      'clients that look at it refuse it',
    );
  if (status === 'revoked')
    return note(
      CHECK,
      `stapled OCSP: revoked ${revokedAt ? `since ${revokedAt.toISOString().replace('.000', '')}` : ''}, ${made}`,
      'browsers refuse this certificate; Node and curl go on as if nothing were',
      'treat the peer as compromised until its owner has replaced the certificate',
    );
  if (nextUpdate !== undefined && nextUpdate.getTime() < now)
    return note(
      CHECK,
      `stapled OCSP says ${status}, but ended ${age((now - nextUpdate.getTime()) / 1000)} ago`,
      'clients that insist on it refuse the connection',
      'the server’s owner looks why it is not renewed',
    );
  return status === 'good'
    ? ok(CHECK, `stapled OCSP: good, ${made}`)
    : note(CHECK, `stapled OCSP: the issuer does not know this certificate, ${made}`);
}
