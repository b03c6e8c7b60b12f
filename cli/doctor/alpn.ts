import { inspectTls, type TlsOptions, type TlsReport } from './probes/tls.ts';
import { type Finding, mismatch, ok } from './report.ts';

const CHECK = 'ALPN';
/** What every look at a server offers, so that it shows its preference (RFC 7301). */
export const OFFERED = ['h2', 'http/1.1'];

/** Which HTTP version the server chooses, and whether it takes the one that the call speaks. */
export async function alpnFinding(
  report: TlsReport,
  http2: boolean,
  address: string,
  port: number,
  host: string,
  tls: TlsOptions,
): Promise<Finding> {
  const { alpn } = report;
  if (http2)
    return alpn === 'h2'
      ? ok(CHECK, 'offered h2 and http/1.1, the server chose h2')
      : mismatch(
          CHECK,
          `offered h2 and http/1.1, the server chose ${alpn ?? 'neither'}`,
          'it does not speak HTTP/2 here, and the call does',
          'let the client speak HTTP/1.1 (no allowH2, no node:http2), or look which balancer answers',
        );
  if (alpn !== 'h2') return ok(CHECK, alpn === undefined ? 'none chosen, so HTTP/1.1' : `the server chose ${alpn}`);
  const alone = await inspectTls(address, port, host, { ...tls, tls: { ...tls.tls, ALPNProtocols: ['http/1.1'] } });
  return alone.error === undefined
    ? ok(CHECK, 'the server prefers h2; it takes http/1.1 as well, which this call speaks')
    : mismatch(
        CHECK,
        `the server speaks h2 alone: offered http/1.1, it ends the handshake (${alone.error.code})`,
        'node:http, and fetch where it does not offer h2, cannot talk to it',
        'an undici Agent with allowH2: true, or node:http2; --http2 goes on with that',
      );
}
