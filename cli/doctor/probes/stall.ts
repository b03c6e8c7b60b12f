import { inspectTls, type TlsOptions } from './tls.ts';

/** `size`: large packets get lost; `hello`: this ClientHello’s content is not understood; `silent`: nothing helps. */
export type Stall = 'size' | 'hello' | 'silent';

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
export async function whyStalled(address: string, port: number, host: string, options: TlsOptions): Promise<Stall> {
  const small = await inspectTls(address, port, host, { ...options, tls: { ...options.tls, ...SMALL } });
  if (small.error?.timedOut) return 'silent';
  const padded = await inspectTls(address, port, host, { ...options, tls: { ...options.tls, ...PADDED } });
  return padded.error?.timedOut ? 'size' : 'hello';
}
