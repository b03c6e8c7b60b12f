import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { checkServerIdentity, getCACertificates } from 'node:tls';
import { tlsReason } from '../../../src/layers/tls.ts';
import { ConnectError, type ConnectOptions, openTcp, openTls } from '../../net/connect.ts';
import { type Revocation, readOcsp } from './ocsp.ts';

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly selfSigned: boolean;
  readonly names: string;
  /** Where the issuer’s own certificate can be had (RFC 5280 §4.2.2.1). */
  readonly issuerUrl?: string;
}

export interface TlsReport {
  readonly ms: number;
  readonly protocol?: string;
  readonly cipher?: string;
  /** The protocol the server chose among those offered. */
  readonly alpn?: string;
  /** What the stapled OCSP response says, or why it says nothing; absent when none came. */
  readonly revocation?: Revocation | string;
  /** The server’s certificate first. Node may add the root from its own store. */
  readonly chain: readonly CertificateFacts[];
  /** OpenSSL’s verdict on the chain, or Node’s on the host name. */
  readonly problem?: string;
  readonly nameProblem?: string;
  /** The handshake itself failed. */
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly reason: string;
    readonly timedOut: boolean;
  };
}

export type TlsOptions = Pick<ConnectOptions, 'signal' | 'timeoutMs' | 'ca' | 'tls'>;

/** One handshake with one address, accepting any certificate in order to look at it. Nothing is sent over it. */
export async function inspectTls(address: string, port: number, host: string, options: TlsOptions): Promise<TlsReport> {
  const start = performance.now();
  try {
    let stapled: Buffer | undefined;
    const socket = await openTcp(address, port, options);
    const secure = await openTls(socket, host, {
      ...options,
      allowPrivate: true,
      onOcsp(response) {
        stapled = response;
      },
      tls: { ...options.tls, rejectUnauthorized: false },
    });
    const report = reportOf(secure, host, performance.now() - start, stapled);
    secure.destroy();
    return report;
  } catch (error) {
    const cause = (error instanceof ConnectError ? error.cause : error) as NodeJS.ErrnoException;
    const timedOut = cause.name === 'TimeoutError';
    return {
      ms: performance.now() - start,
      chain: [],
      error: {
        code: cause.code ?? cause.name,
        message: cause.message,
        reason: timedOut ? 'tls.timed_out' : (tlsReason(cause) ?? 'tls.closed'),
        timedOut,
      },
    };
  }
}

function reportOf(secure: TLSSocket, host: string, ms: number, stapled: Buffer | undefined): TlsReport {
  const chain: CertificateFacts[] = [];
  const seen = new Set<string>();
  const leaf = secure.getPeerCertificate(true);
  for (
    let at: DetailedPeerCertificate | undefined = leaf;
    at?.fingerprint256 && !seen.has(at.fingerprint256);
    at = at.issuerCertificate
  ) {
    seen.add(at.fingerprint256);
    chain.push(factsOf(at));
  }
  const name = host.replace(/^\[|\]$/g, '');
  const nameError = leaf.subject === undefined ? undefined : checkServerIdentity(name, leaf);
  const problem = secure.authorizationError as unknown as string | Error | undefined;
  const code =
    typeof problem === 'string' ? problem : ((problem as NodeJS.ErrnoException | undefined)?.code ?? problem?.message);
  return {
    ms,
    protocol: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().name,
    chain,
    ...(secure.alpnProtocol ? { alpn: secure.alpnProtocol } : {}),
    ...(stapled?.length && leaf.raw ? { revocation: revocationOf(stapled, leaf) } : {}),
    ...(code && code !== 'ERR_TLS_CERT_ALTNAME_INVALID' ? { problem: code } : {}),
    ...(nameError === undefined ? {} : { nameProblem: nameError.message }),
  };
}

function revocationOf(stapled: Buffer, leaf: DetailedPeerCertificate): Revocation | string {
  const issuer = leaf.issuerCertificate?.raw;
  return readOcsp(stapled, new X509Certificate(leaf.raw), issuer && new X509Certificate(issuer));
}

const nameOf = (name: DetailedPeerCertificate['subject'] | undefined): string => {
  const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
  return one(name?.CN) ?? one(name?.O) ?? 'unnamed';
};

function factsOf(c: DetailedPeerCertificate): CertificateFacts {
  const issuerUrl = (c.infoAccess as Record<string, string[]> | undefined)?.['CA Issuers - URI']?.[0];
  return {
    subject: nameOf(c.subject),
    issuer: nameOf(c.issuer),
    validFrom: new Date(c.valid_from),
    validTo: new Date(c.valid_to),
    selfSigned: JSON.stringify(c.subject) === JSON.stringify(c.issuer),
    names: c.subjectaltname ?? '',
    ...(issuerUrl === undefined ? {} : { issuerUrl }),
  };
}

/** Certificates that the operating system’s store trusts. */
export const systemTrust = (): string[] => getCACertificates('system');

const VERSIONS = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'] as const;

/** Which protocol versions the server speaks at all, each tried alone; old ones with OpenSSL’s security level lowered for the probe. */
export async function versionsSpoken(
  address: string,
  port: number,
  host: string,
  options: TlsOptions,
): Promise<string[]> {
  const spoken: string[] = [];
  for (const version of VERSIONS) {
    const report = await inspectTls(address, port, host, {
      ...options,
      tls: { ...options.tls, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' },
    });
    if (report.error === undefined) spoken.push(version);
  }
  return spoken;
}
