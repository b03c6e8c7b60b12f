import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { tlsReason } from '../../src/layers/tls.ts';
import { age, ms } from '../paint.ts';
import { broken, type DoctorOptions, type Finding, mismatch, note, ok } from './base.ts';
import { alpnFinding, handshakeFinding, inspectTls, type Place, type TlsOptions, type TlsReport } from './handshake.ts';

/** Days before a certificate’s end from which it is worth a word. */
const SOON_DAYS = 21;
/** What every look at a server offers, so that it shows its preference (RFC 7301). */
const OFFERED = ['h2', 'http/1.1'];

/** TLS of one address, in words: handshake, protocol, chain, host name, issuer and dates. */
export async function certificates(place: Place, options: DoctorOptions): Promise<Finding[]> {
  const tls: TlsOptions = { signal: new AbortController().signal, timeoutMs: options.timeoutMs, ca: options.ca };
  const report = await inspectTls(place, { ...tls, tls: { ALPNProtocols: OFFERED } });
  const name = `TLS ${place.address}`;
  if (report.error !== undefined) return [await handshakeFinding(name, place, report.error, tls)];
  const now = Date.now();
  const [leaf] = report.chain;
  const dated = report.chain.find((c) => now > Date.parse(c.validTo) || now < Date.parse(c.validFrom));
  return [
    ok(name, `${report.protocol}, ${report.cipher} in ${ms(report.ms)}`),
    await alpnFinding(report, options.http2, place, tls),
    dated !== undefined
      ? outOfDate(dated, now)
      : report.problem !== undefined
        ? await chainFinding(report, place, tls, options.allowPrivate)
        : ok('chain', shownChain(report)),
    ...(report.isForHost
      ? []
      : [
          mismatch(
            'host name',
            `the certificate is for ${namesOf(leaf)}`,
            `it does not cover ${place.host}`,
            'the wrong server answers (DNS, SNI, load balancer), or the certificate misses a name',
          ),
        ]),
    ...(leaf === undefined || dated !== undefined ? [] : [endFinding(leaf, now)]),
  ];
}

/** The common name in a distinguished name, else the organisation. */
const commonName = (name = ''): string => (/^CN=(.+)$/m.exec(name) ?? /^O=(.+)$/m.exec(name))?.[1] ?? 'unnamed';
const shownChain = ({ chain }: TlsReport): string => chain.map((c) => commonName(c.subject)).join(' ← ');
const day = (text: string): string => new Date(text).toISOString().slice(0, 10);
const namesOf = (c: X509Certificate | undefined): string =>
  (c?.subjectAltName?.replace(/DNS:|IP Address:/g, '') || (c ? commonName(c.subject) : 'nobody')).slice(0, 120);

function endFinding(leaf: X509Certificate, now: number): Finding {
  const left = (Date.parse(leaf.validTo) - now) / 1000;
  const soon = left < SOON_DAYS * 86_400;
  const seen = `${soon ? 'ends in' : 'good for'} ${age(left)} (${day(leaf.validTo)}), issued by '${commonName(leaf.issuer)}'`;
  return soon ? note('dates', seen, 'it must be renewed before') : ok('dates', seen);
}

function outOfDate({ subject, issuer, validFrom, validTo }: X509Certificate, now: number): Finding {
  const past = (now - Date.parse(validTo)) / 1000;
  const when =
    past > 0 ? `ended ${age(past)} ago (${day(validTo)})` : `is not valid before ${new Date(validFrom).toISOString()}`;
  const seen = `'${commonName(subject)}', issued by '${commonName(issuer)}', ${when}`;
  const next = 'the server’s owner renews it; compare this host’s clock; do not switch verification off';
  return mismatch('dates', seen, 'every client refuses it', next);
}

const FULL_CHAIN = 'the server’s owner serves the full chain';
const PRIVATE_CA = 'NODE_EXTRA_CA_CERTS=<file with that root>';
const MAX_BYTES = 65_536;
const WAIT_MS = 3000;

/** Why a chain is not trusted, and who mends it. `fetchIssuer` allows a look at the issuer’s certificate where the server’s names its place. */
async function chainFinding(report: TlsReport, place: Place, tls: TlsOptions, fetchIssuer: boolean): Promise<Finding> {
  const last = report.chain.at(-1);
  const root = commonName(last?.subject);
  const issuedBy = commonName(last?.issuer);
  const shown = shownChain(report) || 'no certificate';
  const chain = (seen: string, means: string, next: string): Finding => mismatch('chain', seen, means, next);
  const system = await inspectTls(place, { ...tls, ca: [...getCACertificates('system'), ...(tls.ca ?? [])] });
  if (system.error === undefined && system.problem === undefined)
    return chain(
      `${shown}: trusted by this system’s store, not by Node’s own`,
      'curl and browsers accept it here, Node refuses it',
      'start with --use-system-ca (NODE_USE_SYSTEM_CA=1), or NODE_EXTRA_CA_CERTS=<file>',
    );
  const { problem = '' } = report;
  if (!problem.startsWith('UNABLE_TO_')) {
    const seen =
      problem === 'DEPTH_ZERO_SELF_SIGNED_CERT'
        ? `'${root}' is self-signed`
        : `${shown}: ${problem === 'SELF_SIGNED_CERT_IN_CHAIN' ? `ends at the root '${root}', which is not trusted here` : problem}`;
    return broken('chain', seen, 'tls', tlsReason({ code: problem }) ?? 'tls.cert.invalid', problem);
  }
  // where the issuer’s own certificate can be had (RFC 5280 §4.2.2.1)
  const url = /CA Issuers - URI:(\S+)/.exec(last?.infoAccess ?? '')?.[1];
  const issuer = url !== undefined && fetchIssuer ? await issuerAt(url, last!) : undefined;
  if (issuer !== undefined && issuer.subject === issuer.issuer)
    return chain(
      `${shown}: signed by the root '${issuedBy}', which is not trusted here`,
      'a private CA; no intermediate is missing',
      PRIVATE_CA,
    );
  if (issuer !== undefined && isTrusted(issuer, tls.ca))
    return chain(
      `${shown} was sent; the intermediate '${issuedBy}' is missing`,
      'browsers mend this by fetching it, Node and curl do not',
      `${FULL_CHAIN}; the missing certificate is at ${url}`,
    );
  return chain(
    `${shown} was sent; its issuer '${issuedBy}' was not, and is not trusted here`,
    `an intermediate is missing${url === undefined ? '' : ` (it is at ${url}; browsers fetch it, Node and curl do not)`}, or the CA is private`,
    `${FULL_CHAIN}; for a private CA, ${PRIVATE_CA}`,
  );
}

/** The certificate that a certificate names as its issuer’s, where it is that (RFC 5280 §4.2.2.1). Only for a URL that a person typed. */
async function issuerAt(url: string, issued: X509Certificate): Promise<X509Certificate | undefined> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(WAIT_MS) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const issuer = bytes.length > MAX_BYTES ? undefined : new X509Certificate(bytes);
    return issuer && issued.verify(issuer.publicKey) ? issuer : undefined;
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
