import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { tlsReason } from '../../src/layers/tls.ts';
import { ConnectError, type ConnectOptions, openTcp, openTls } from '../net/open.ts';

/** One address of a host. */
export interface Place {
  readonly address: string;
  readonly port: number;
  readonly host: string;
}

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly names: string;
  /** Where the issuer’s own certificate can be had (RFC 5280 §4.2.2.1). */
  readonly issuerUrl: string | undefined;
  /** DER. */
  readonly raw: Buffer;
}

export interface TlsReport {
  readonly ms: number;
  readonly protocol?: string;
  readonly cipher?: string;
  /** The protocol the server chose among those offered. */
  readonly alpn?: string;
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
export async function inspectTls({ address, port, host }: Place, options: TlsOptions): Promise<TlsReport> {
  const start = performance.now();
  try {
    const socket = await openTcp(address, port, options);
    const tls = { ...options.tls, rejectUnauthorized: false };
    const secure = await openTls(socket, host, { ...options, allowPrivate: true, tls });
    const report = reportOf(secure, host, performance.now() - start);
    secure.destroy();
    return report;
  } catch (error) {
    const cause = (error instanceof ConnectError ? error.cause : error) as NodeJS.ErrnoException;
    const timedOut = cause.name === 'TimeoutError';
    const reason = timedOut ? 'tls.timed_out' : (tlsReason(cause) ?? 'tls.closed');
    const { code = cause.name, message } = cause;
    return { ms: performance.now() - start, chain: [], error: { code, message, reason, timedOut } };
  }
}

function reportOf(secure: TLSSocket, host: string, ms: number): TlsReport {
  const chain = new Map<string, CertificateFacts>();
  const leaf = secure.getPeerCertificate(true);
  let at: DetailedPeerCertificate | undefined = leaf;
  for (; at?.fingerprint256 && !chain.has(at.fingerprint256); at = at.issuerCertificate)
    chain.set(at.fingerprint256, factsOf(at));
  const name = host.replace(/^\[|\]$/g, '');
  const nameError = leaf.subject === undefined ? undefined : checkServerIdentity(name, leaf);
  const problem = secure.authorizationError as unknown as string | NodeJS.ErrnoException | undefined;
  const code = typeof problem === 'string' ? problem : (problem?.code ?? problem?.message);
  return {
    ms,
    protocol: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().name,
    chain: [...chain.values()],
    ...(secure.alpnProtocol ? { alpn: secure.alpnProtocol } : {}),
    ...(code && code !== 'ERR_TLS_CERT_ALTNAME_INVALID' ? { problem: code } : {}),
    ...(nameError === undefined ? {} : { nameProblem: nameError.message }),
  };
}

const nameOf = (name: DetailedPeerCertificate['subject'] | undefined): string => {
  const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
  return one(name?.CN) ?? one(name?.O) ?? 'unnamed';
};

const factsOf = (c: DetailedPeerCertificate): CertificateFacts => ({
  subject: nameOf(c.subject),
  issuer: nameOf(c.issuer),
  validFrom: new Date(c.valid_from),
  validTo: new Date(c.valid_to),
  names: c.subjectaltname ?? '',
  issuerUrl: (c.infoAccess as Record<string, string[]> | undefined)?.['CA Issuers - URI']?.[0],
  raw: c.raw,
});

const VERSIONS = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'] as const;

/** Which protocol versions the server speaks at all, each tried alone; old ones with OpenSSL’s security level lowered for the probe. */
export async function versionsSpoken(place: Place, options: TlsOptions): Promise<string[]> {
  const spoken: string[] = [];
  for (const version of VERSIONS) {
    const tls = { ...options.tls, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    if ((await inspectTls(place, { ...options, tls })).error === undefined) spoken.push(version);
  }
  return spoken;
}
