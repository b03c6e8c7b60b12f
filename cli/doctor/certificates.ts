import { chainFinding } from './chain.ts';
import type { DoctorOptions } from './context.ts';
import { alpnFinding, handshakeFinding } from './handshake.ts';
import { type Finding, mismatch, note, ok } from './report.ts';
import { type CertificateFacts, inspectTls, type TlsOptions } from './tls.ts';
import { age, ms } from './words.ts';

/** Days before a certificate’s end from which it is worth a word. */
const SOON_DAYS = 21;
/** What every look at a server offers, so that it shows its preference (RFC 7301). */
const OFFERED = ['h2', 'http/1.1'];

/** TLS of one address, in words: handshake, protocol, chain, host name, issuer and dates. */
export async function certificates(
  host: string,
  address: string,
  port: number,
  options: DoctorOptions,
): Promise<Finding[]> {
  const tls: TlsOptions = { signal: new AbortController().signal, timeoutMs: options.timeoutMs, ca: options.ca };
  const place = { address, port, host };
  const report = await inspectTls(place, { ...tls, tls: { ALPNProtocols: OFFERED } });
  const name = `TLS ${address}`;
  if (report.error !== undefined) return [await handshakeFinding(name, place, report.error, tls)];
  const now = options.nowMs();
  const findings = [
    ok(name, `${report.protocol}, ${report.cipher} in ${ms(report.ms)}`),
    await alpnFinding(report, options.http2, place, tls),
  ];
  const [leaf] = report.chain;
  const dated = report.chain.find((c) => now > c.validTo.getTime() || now < c.validFrom.getTime());
  if (dated !== undefined) findings.push(endedFinding(dated, now));
  else if (report.problem !== undefined) findings.push(await chainFinding(report, place, tls, options.allowPrivate));
  else findings.push(ok('chain', report.chain.map((c) => c.subject).join(' ← ')));
  if (report.nameProblem !== undefined)
    findings.push(
      mismatch(
        'host name',
        `the certificate is for ${names(leaf)}`,
        `it does not cover ${host}`,
        'the wrong server answers (DNS, SNI, load balancer), or the certificate misses a name',
      ),
    );
  if (leaf !== undefined && dated === undefined) findings.push(datesFinding(leaf, now));
  return findings;
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
const names = (c: CertificateFacts | undefined): string =>
  (c?.names.replace(/DNS:|IP Address:/g, '') || c?.subject || 'nobody').slice(0, 120);

function datesFinding(leaf: CertificateFacts, now: number): Finding {
  const left = (leaf.validTo.getTime() - now) / 1000;
  const seen = `${left < SOON_DAYS * 86_400 ? 'ends in' : 'good for'} ${age(left)} (${day(leaf.validTo)}), issued by '${leaf.issuer}'`;
  return left < SOON_DAYS * 86_400 ? note('dates', seen, 'it must be renewed before') : ok('dates', seen);
}

const endedFinding = (c: CertificateFacts, now: number): Finding =>
  now > c.validTo.getTime()
    ? mismatch(
        'dates',
        `'${c.subject}', issued by '${c.issuer}', ended ${age((now - c.validTo.getTime()) / 1000)} ago (${day(c.validTo)})`,
        'every client refuses it',
        'the server’s owner renews it; do not switch verification off',
      )
    : mismatch(
        'dates',
        `'${c.subject}', issued by '${c.issuer}', is not valid before ${c.validFrom.toISOString()}`,
        'the certificate is from the future, or this clock is behind',
        'compare this host’s clock',
      );
