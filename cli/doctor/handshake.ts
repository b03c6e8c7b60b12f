import { type Finding, mismatch, ok } from './report.ts';
import { inspectTls, type Place, type TlsOptions, type TlsReport, versionsSpoken } from './tls.ts';
import { ms } from './words.ts';

/** Which HTTP version the server chooses, and whether it takes the one that the call speaks. */
export async function alpnFinding(
  { alpn }: TlsReport,
  http2: boolean,
  place: Place,
  tls: TlsOptions,
): Promise<Finding> {
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
  return alone.error === undefined
    ? ok('ALPN', 'the server prefers h2; it takes http/1.1 as well, which this call speaks')
    : mismatch(
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
 * Why a TLS handshake got no answer although TCP did. OpenSSL 3.5’s ClientHello is about 1.7 KB because of its post-quantum key share, two
 * packets: a path with a lost ICMP “fragmentation needed” (RFC 2923) drops them, and some middleboxes drop what they do not know.
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
  return (await isSilent(PADDED))
    ? mismatch(
        name,
        `${seen}; a small hello is answered, a large one is not`,
        'large packets get lost on the way: an MTU that is too big, with ICMP filtered',
        'lower the MTU (VPN, tunnel, container network) or clamp the MSS; let ICMP type 3 code 4 through',
      )
    : mismatch(
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
  const found = (seen: string, means: string, next: string): Finding => mismatch(name, `${code}${seen}`, means, next);
  if (reason === 'tls.version_or_cipher_mismatch' || reason === 'tls.closed') {
    const spoken = await versionsSpoken(place, tls);
    const old = !spoken.includes('TLSv1.3') && !spoken.includes('TLSv1.2');
    if (spoken.length > 0 && old)
      return found(
        `; the server speaks only ${spoken.join(', ')}`,
        'protocols that are switched off for being broken',
        'the server’s owner updates it',
      );
    if (spoken.length > 0)
      return found(
        `; alone, ${spoken.join(' and ')} would work`,
        'no common cipher, group or ALPN protocol',
        'compare the client’s TLS options with the server’s',
      );
  }
  if (reason === 'tls.protocol.error')
    return found(
      ': what answers does not speak TLS',
      'a plain HTTP port, or a portal on the way',
      'check the port and the scheme',
    );
  if (reason === 'tls.bad_client_auth_cert')
    return found(
      ': a client certificate is wanted',
      'mutual TLS: the server refuses callers without one',
      'configure cert and key in the client',
    );
  return found(
    `: ${message.slice(0, 120)}`,
    reason === 'tls.closed'
      ? 'the peer hung up during the handshake: SNI, an IP allow-list, or a firewall that looks inside'
      : 'the handshake failed',
    'compare with openssl s_client from another host',
  );
}
