import { whyStalled } from './probes/stall.ts';
import { type TlsOptions, type TlsReport, versionsSpoken } from './probes/tls.ts';
import { type Finding, mismatch } from './report.ts';
import { ms } from './words.ts';

/** Why a handshake with one address did not end: stall, versions, not TLS at all, client certificate. */
export async function handshakeFinding(
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
