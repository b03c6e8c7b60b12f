import type { Context } from './context.ts';
import { whyStalled } from './probes/stall.ts';
import {
  type CertificateFacts,
  inspectTls,
  systemTrust,
  type TlsOptions,
  type TlsReport,
  versionsSpoken,
} from './probes/tls.ts';
import { type Finding, mismatch, note, ok } from './report.ts';
import { age, ms } from './words.ts';

/** Days before a certificate’s end from which it is worth a word. */
const SOON_DAYS = 21;

/** TLS of one address, in words: handshake, protocol, chain, host name, dates. */
export async function certificates(context: Context, address: string, port: number): Promise<Finding[]> {
  const { options, subject } = context;
  const host = subject.url.hostname;
  const tls: TlsOptions = { signal: new AbortController().signal, timeoutMs: options.timeoutMs, ca: options.ca };
  const report = await inspectTls(address, port, host, tls);
  const name = `TLS ${address}`;
  if (report.error !== undefined) return [await handshakeFinding(name, address, port, host, report.error, tls)];
  const now = options.nowMs();
  const findings = [ok(name, `${report.protocol}, ${report.cipher} in ${ms(report.ms)}`)];
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

async function handshakeFinding(
  name: string,
  address: string,
  port: number,
  host: string,
  error: NonNullable<TlsReport['error']>,
  tls: TlsOptions,
): Promise<Finding> {
  if (error.timedOut) {
    const probe = { ...tls, timeoutMs: Math.min(tls.timeoutMs, 3000) };
    const stall = await whyStalled(address, port, host, probe);
    const seen = `TCP opened, then nothing came back for ${ms(tls.timeoutMs)}`;
    if (stall === 'size')
      return mismatch(
        name,
        `${seen}; a small hello is answered, a large one is not`,
        'large packets get lost on the way: an MTU that is too big, with ICMP filtered',
        'lower the MTU (VPN, tunnel, container network) or clamp the MSS; let ICMP type 3 code 4 through',
      );
    if (stall === 'hello')
      return mismatch(
        name,
        `${seen}; a hello without post-quantum key share is answered`,
        'the server or a middlebox does not stand X25519MLKEM768',
        'the other side updates; until then ecdhCurve: "X25519" in the client’s TLS options',
      );
    return mismatch(
      name,
      seen,
      'the server, or a balancer before it, accepts connections and does not serve them',
      'the provider’s status page; a firewall that lets only the opening through',
    );
  }
  if (error.reason === 'tls.version_or_cipher_mismatch' || error.reason === 'tls.closed') {
    const spoken = await versionsSpoken(address, port, host, tls);
    if (spoken.length > 0 && !spoken.includes('TLSv1.3') && !spoken.includes('TLSv1.2'))
      return mismatch(
        name,
        `${error.code}; the server speaks only ${spoken.join(', ')}`,
        'protocols that are switched off for being broken',
        'the server’s owner updates it',
      );
    if (spoken.length > 0)
      return mismatch(
        name,
        `${error.code}; alone, ${spoken.join(' and ')} would work`,
        'no common cipher, group or ALPN protocol',
        'compare the client’s TLS options with the server’s',
      );
  }
  if (error.reason === 'tls.protocol.error')
    return mismatch(
      name,
      `${error.code}: what answers does not speak TLS`,
      'a plain HTTP port, or a portal on the way',
      'check the port and the scheme',
    );
  if (error.reason === 'tls.bad_client_auth_cert')
    return mismatch(
      name,
      `${error.code}: a client certificate is wanted`,
      'mutual TLS: the server refuses callers without one',
      'configure cert and key in the client',
    );
  return mismatch(
    name,
    `${error.code}: ${error.message.slice(0, 120)}`,
    error.reason === 'tls.closed'
      ? 'the peer hung up during the handshake: SNI, an IP allow-list, or a firewall that looks inside'
      : 'the handshake failed',
    'compare with openssl s_client from another host',
  );
}
