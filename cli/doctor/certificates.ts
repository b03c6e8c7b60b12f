import { alpnFinding, OFFERED } from './alpn.ts';
import type { Context } from './context.ts';
import { handshakeFinding } from './handshake.ts';
import { type CertificateFacts, inspectTls, systemTrust, type TlsOptions, type TlsReport } from './probes/tls.ts';
import { type Finding, mismatch, note, ok } from './report.ts';
import { revocationFinding } from './revocation.ts';
import { age, ms } from './words.ts';

/** Days before a certificate’s end from which it is worth a word. */
const SOON_DAYS = 21;

/** TLS of one address, in words: handshake, protocol, chain, host name, dates. */
export async function certificates(context: Context, address: string, port: number): Promise<Finding[]> {
  const { options, subject } = context;
  const host = subject.url.hostname;
  const tls: TlsOptions = { signal: new AbortController().signal, timeoutMs: options.timeoutMs, ca: options.ca };
  const report = await inspectTls(address, port, host, { ...tls, tls: { ALPNProtocols: OFFERED } });
  const name = `TLS ${address}`;
  if (report.error !== undefined) return [await handshakeFinding(name, address, port, host, report.error, tls)];
  const now = options.nowMs();
  const findings = [
    ok(name, `${report.protocol}, ${report.cipher} in ${ms(report.ms)}`),
    await alpnFinding(report, options.http2, address, port, host, tls),
  ];
  const dated = report.chain.find((c) => now > c.validTo.getTime() || now < c.validFrom.getTime());
  if (dated !== undefined) findings.push(dateFinding(dated, now));
  else if (report.problem !== undefined) findings.push(await chainFinding(report, address, port, host, tls));
  else findings.push(ok('chain', report.chain.map((c) => c.subject).join(' ← ')));
  if (report.nameProblem !== undefined)
    findings.push(
      mismatch(
        'host name',
        `the certificate is for ${names(report.chain[0])}`,
        `it does not cover ${host}`,
        'the wrong server answers (DNS, SNI, load balancer), or the certificate misses a name',
      ),
    );
  const leaf = report.chain[0];
  if (dated === undefined && leaf !== undefined) {
    const days = (leaf.validTo.getTime() - now) / 864e5;
    findings.push(
      days < SOON_DAYS
        ? note('dates', `ends in ${age(days * 86_400)} (${day(leaf.validTo)})`, 'it must be renewed before')
        : ok('dates', `valid until ${day(leaf.validTo)} (${age(days * 86_400)})`),
    );
  }
  findings.push(revocationFinding(report, now));
  return findings;
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
const names = (c: CertificateFacts | undefined): string =>
  (c?.names.replace(/DNS:|IP Address:/g, '') || c?.subject || 'nobody').slice(0, 120);

function dateFinding(c: CertificateFacts, now: number): Finding {
  return now > c.validTo.getTime()
    ? mismatch(
        'dates',
        `'${c.subject}' ended ${age((now - c.validTo.getTime()) / 1000)} ago (${day(c.validTo)})`,
        'every client refuses it',
        'the server’s owner renews it; do not switch verification off',
      )
    : mismatch(
        'dates',
        `'${c.subject}' is not valid before ${c.validFrom.toISOString()}`,
        'the certificate is from the future, or this clock is behind',
        'compare this host’s clock',
      );
}

async function chainFinding(
  report: TlsReport,
  address: string,
  port: number,
  host: string,
  tls: TlsOptions,
): Promise<Finding> {
  const leaf = report.chain[0];
  const last = report.chain.at(-1);
  const shown = report.chain.map((c) => c.subject).join(' ← ') || 'no certificate';
  const system = await inspectTls(address, port, host, { ...tls, ca: [...systemTrust(), ...(tls.ca ?? [])] });
  if (system.error === undefined && system.problem === undefined)
    return mismatch(
      'chain',
      `${shown}: trusted by this system’s store, not by Node’s own`,
      'curl and browsers accept it here, Node refuses it',
      'start with --use-system-ca (NODE_USE_SYSTEM_CA=1), or NODE_EXTRA_CA_CERTS=<file>',
    );
  switch (report.problem) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return mismatch(
        'chain',
        `'${leaf?.subject}' is self-signed`,
        'nobody vouches for it',
        'trust exactly this certificate with NODE_EXTRA_CA_CERTS, or have a CA sign it',
      );
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return mismatch(
        'chain',
        `${shown}: ends at the root '${last?.subject}', which is not trusted here`,
        'a private CA, or a proxy that opens TLS on the way',
        'NODE_EXTRA_CA_CERTS=<that root>, if it is meant to be there',
      );
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return leaf?.issuerUrl
        ? mismatch(
            'chain',
            `only '${leaf.subject}' was sent; the intermediate '${leaf.issuer}' is missing`,
            'browsers mend this by fetching it, Node and curl do not',
            `the server’s owner serves the full chain; the missing certificate is at ${leaf.issuerUrl}`,
          )
        : mismatch(
            'chain',
            `only '${leaf?.subject}' was sent; its issuer '${leaf?.issuer}' was not, and is not trusted here`,
            'an intermediate is missing, or the CA is private',
            'the server’s owner serves the full chain; for a private CA, NODE_EXTRA_CA_CERTS=<root>',
          );
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return mismatch(
        'chain',
        `${shown}: the issuer '${last?.issuer}' was not sent and is not trusted here`,
        'another intermediate is missing, or the CA is private',
        'the server’s owner serves the full chain; for a private CA, NODE_EXTRA_CA_CERTS=<root>',
      );
    default:
      return mismatch(
        'chain',
        `${shown}: ${report.problem}`,
        'OpenSSL does not accept the chain',
        'the server’s owner mends the certificate',
      );
  }
}
