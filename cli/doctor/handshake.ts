import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { Reason } from '../../src/contract/index.ts';
import { tlsReason } from '../../src/layers/tls.ts';
import { type ConnectOptions, causeOf, openTcp, openTls } from '../net/open.ts';
import { ms } from '../paint.ts';
import { broken, type Finding, LOST_PACKETS, mismatch, ok } from './base.ts';

/** One address of a host. */
export interface Place {
  readonly address: string;
  readonly port: number;
  readonly host: string;
}

export interface TlsReport {
  readonly ms: number;
  readonly protocol?: string;
  readonly cipher?: string;
  /** The protocol the server chose among those offered. */
  readonly alpn?: string;
  /** The server’s certificate first. Node may add the root from its own store. */
  readonly chain: readonly X509Certificate[];
  /** OpenSSL’s verdict on the chain, and Node’s on the host name. */
  readonly problem?: string;
  readonly isForHost?: boolean;
  /** The handshake itself failed. */
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly reason: Reason;
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
    const cause = causeOf(error);
    const timedOut = cause.name === 'TimeoutError';
    const reason = timedOut ? 'tls.timed_out' : (tlsReason(cause) ?? 'tls.closed');
    const { code = cause.name, message } = cause;
    return { ms: performance.now() - start, chain: [], error: { code, message, reason, timedOut } };
  }
}

function reportOf(secure: TLSSocket, host: string, ms: number): TlsReport {
  const chain = new Map<string, X509Certificate>();
  const leaf = secure.getPeerCertificate(true);
  for (
    let at: DetailedPeerCertificate | undefined = leaf;
    at?.raw && !chain.has(at.fingerprint256);
    at = at.issuerCertificate
  )
    chain.set(at.fingerprint256, new X509Certificate(at.raw));
  const nameError = leaf.subject && checkServerIdentity(host.replace(/^\[|\]$/g, ''), leaf);
  const problem = secure.authorizationError as unknown as string | NodeJS.ErrnoException | undefined;
  const code = typeof problem === 'string' ? problem : (problem?.code ?? problem?.message);
  return {
    ms,
    protocol: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().name,
    chain: [...chain.values()],
    ...(secure.alpnProtocol ? { alpn: secure.alpnProtocol } : {}),
    ...(code && code !== 'ERR_TLS_CERT_ALTNAME_INVALID' ? { problem: code } : {}),
    isForHost: !nameError,
  };
}

const VERSIONS = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'] as const;

/** Which protocol versions the server speaks at all, each tried alone; old ones with OpenSSL’s security level lowered for the probe. */
async function versionsSpoken(place: Place, options: TlsOptions): Promise<string[]> {
  const spoken: string[] = [];
  for (const version of VERSIONS) {
    const tls = { ...options.tls, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    if ((await inspectTls(place, { ...options, tls })).error === undefined) spoken.push(version);
  }
  return spoken;
}

/** Which HTTP version the server chooses, and whether it takes the one that the call speaks. */
export async function alpnFinding({ alpn }: TlsReport, http2: boolean, place: Place, tls: TlsOptions) {
  if (http2 && alpn === 'h2') return ok('ALPN', 'offered h2 and http/1.1, the server chose h2');
  if (http2)
    return mismatch(
      'ALPN',
      `offered h2 and http/1.1, the server chose ${alpn ?? 'neither'}`,
      'it does not speak HTTP/2 here, and the call does',
      'let the client speak HTTP/1.1 (no allowH2, no node:http2), or look which balancer answers',
    );
  if (alpn !== 'h2') return ok('ALPN', alpn === undefined ? 'none chosen, so HTTP/1.1' : `the server chose ${alpn}`);
  const alone = await inspectTls(place, { ...tls, tls: { ...tls.tls, ALPNProtocols: ['http/1.1'] } });
  if (alone.error === undefined)
    return ok('ALPN', 'the server prefers h2; it takes http/1.1 as well, which this call speaks');
  return mismatch(
    'ALPN',
    `the server speaks h2 alone: offered http/1.1, it ends the handshake (${alone.error.code})`,
    'node:http, and fetch where it does not offer h2, cannot talk to it',
    'an undici Agent with allowH2: true, or node:http2; --http2 goes on with that',
  );
}

/** One key share of 32 bytes: the ClientHello fits in one packet of any path (about 300 bytes). */
const SMALL = { ecdhCurve: 'X25519' } as const;
/** The same, made larger than an Ethernet frame by a list of protocol names that nobody speaks. */
const PADDED = {
  ...SMALL,
  ALPNProtocols: ['http/1.1', ...Array.from({ length: 8 }, (_, i) => `x-padding-${i}-`.padEnd(200, 'p'))],
} as const;

/**
 * Why a TLS handshake got no answer although TCP did. OpenSSL 3.5’s ClientHello is about 1.7 KB, two packets, because of its
 * post-quantum key share. A path that loses ICMP “fragmentation needed” (RFC 2923) drops them. Some middleboxes drop what they do not know.
 * A small hello that is answered rules the server out; a padded small one tells size from content.
 */
async function stallFinding(name: string, place: Place, tls: TlsOptions): Promise<Finding> {
  const isSilent = async (hello: typeof SMALL): Promise<boolean> => {
    const probe = { ...tls, timeoutMs: Math.min(tls.timeoutMs, 3000), tls: { ...tls.tls, ...hello } };
    return (await inspectTls(place, probe)).error?.timedOut === true;
  };
  const seen = `TCP opened, then nothing came back for ${ms(tls.timeoutMs)}`;
  if (await isSilent(SMALL))
    return mismatch(
      name,
      seen,
      'the server, or a balancer before it, accepts connections and does not serve them',
      'the provider’s status page; a firewall that lets only the opening through',
    );
  if (await isSilent(PADDED))
    return mismatch(name, `${seen}; a small hello is answered, a large one is not`, ...LOST_PACKETS);
  return mismatch(
    name,
    `${seen}; a hello without post-quantum key share is answered`,
    'the server or a middlebox does not stand X25519MLKEM768',
    'the other side updates; until then ecdhCurve: "X25519" in the client’s TLS options',
  );
}

/** Why a handshake with one address did not end: stall, versions, not TLS at all, client certificate. */
export async function handshakeFinding(
  name: string,
  place: Place,
  { code, message, reason, timedOut }: NonNullable<TlsReport['error']>,
  tls: TlsOptions,
): Promise<Finding> {
  if (timedOut) return stallFinding(name, place, tls);
  if (reason === 'tls.version_or_cipher_mismatch' || reason === 'tls.closed') {
    const spoken = await versionsSpoken(place, tls);
    const old = !spoken.includes('TLSv1.3') && !spoken.includes('TLSv1.2');
    if (spoken.length > 0)
      return mismatch(
        name,
        `${code}; ${old ? `the server speaks only ${spoken.join(', ')}` : `alone, ${spoken.join(' and ')} would work`}`,
        old ? 'protocols that are switched off for being broken' : 'no common cipher, group or ALPN protocol',
        old ? 'the server’s owner updates it' : 'compare the client’s TLS options with the server’s',
      );
  }
  // OpenSSL's own lines say nothing that the code does not say.
  const seen = message.includes(':SSL routines:') ? code : `${code}: ${message.slice(0, 120)}`;
  return broken(name, seen, 'tls', reason, code);
}
