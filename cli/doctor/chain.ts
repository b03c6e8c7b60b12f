import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { type Finding, mismatch } from './report.ts';
import { inspectTls, type Place, type TlsOptions, type TlsReport } from './tls.ts';

const FULL_CHAIN = 'the server’s owner serves the full chain';
const PRIVATE_CA = 'NODE_EXTRA_CA_CERTS=<file with that root>';
const MAX_BYTES = 65_536;
const WAIT_MS = 3000;

/** Why a chain is not trusted, and who mends it. `fetchIssuer` allows a look at the issuer’s certificate where the server’s names its place. */
export async function chainFinding(
  report: TlsReport,
  place: Place,
  tls: TlsOptions,
  fetchIssuer: boolean,
): Promise<Finding> {
  const [leaf] = report.chain;
  const last = report.chain.at(-1);
  const shown = report.chain.map((c) => c.subject).join(' ← ') || 'no certificate';
  const chain = (seen: string, means: string, next: string): Finding => mismatch('chain', seen, means, next);
  const system = await inspectTls(place, { ...tls, ca: [...getCACertificates('system'), ...(tls.ca ?? [])] });
  if (system.error === undefined && system.problem === undefined)
    return chain(
      `${shown}: trusted by this system’s store, not by Node’s own`,
      'curl and browsers accept it here, Node refuses it',
      'start with --use-system-ca (NODE_USE_SYSTEM_CA=1), or NODE_EXTRA_CA_CERTS=<file>',
    );
  if (report.problem === 'DEPTH_ZERO_SELF_SIGNED_CERT')
    return chain(
      `'${leaf?.subject}' is self-signed`,
      'nobody vouches for it',
      'trust exactly this certificate with NODE_EXTRA_CA_CERTS, or have a CA sign it',
    );
  if (report.problem === 'SELF_SIGNED_CERT_IN_CHAIN')
    return chain(
      `${shown}: ends at the root '${last?.subject}', which is not trusted here`,
      'a private CA, or a proxy that opens TLS on the way',
      `${PRIVATE_CA}, if it is meant to be there`,
    );
  if (!report.problem?.startsWith('UNABLE_TO_'))
    return chain(`${shown}: ${report.problem}`, 'OpenSSL does not accept the chain', 'the server’s owner mends it');
  const url = last?.issuerUrl;
  const issuer = url !== undefined && fetchIssuer ? await issuerAt(url, last!.raw) : undefined;
  if (issuer !== undefined && issuer.subject === issuer.issuer)
    return chain(
      `${shown}: signed by the root '${last?.issuer}', which is not trusted here`,
      'a private CA; no intermediate is missing',
      PRIVATE_CA,
    );
  if (issuer !== undefined && isTrusted(issuer, tls.ca))
    return chain(
      `${shown} was sent; the intermediate '${last?.issuer}' is missing`,
      'browsers mend this by fetching it, Node and curl do not',
      `${FULL_CHAIN}; the missing certificate is at ${url}`,
    );
  return chain(
    `${shown} was sent; its issuer '${last?.issuer}' was not, and is not trusted here`,
    `an intermediate is missing${url === undefined ? '' : ` (it is at ${url}; browsers fetch it, Node and curl do not)`}, or the CA is private`,
    `${FULL_CHAIN}; for a private CA, ${PRIVATE_CA}`,
  );
}

/** The certificate that a certificate names as its issuer’s, where it is that (RFC 5280 §4.2.2.1). Only for a URL that a person typed. */
async function issuerAt(url: string, raw: Buffer): Promise<X509Certificate | undefined> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(WAIT_MS) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const issuer = bytes.length > MAX_BYTES ? undefined : new X509Certificate(bytes);
    return issuer && new X509Certificate(raw).verify(issuer.publicKey) ? issuer : undefined;
  } catch {
    // it is not there, or no certificate: both readings stay open
    return undefined;
  }
}

/** Whether a root that is trusted here signed it. */
const isTrusted = (certificate: X509Certificate, own: readonly string[] = []): boolean =>
  [...own, ...getCACertificates('default')]
    .map((pem) => new X509Certificate(pem))
    .some((root) => certificate.issuer === root.subject && certificate.verify(root.publicKey));
