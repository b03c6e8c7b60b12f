import { exchange, type Run } from '../../net/exchange.ts';
import type { Context } from '../context.ts';

/** `size`: large packets get lost; `passes`: they arrive; `silent`: not even a small request is answered. */
export type Large = 'size' | 'passes' | 'silent';

/** From here on a request may need a packet larger than the smallest path allows (RFC 8200 §5: 1280 octets). */
export const SMALL_ENOUGH = 1100;
/** More than one packet of any Ethernet, less than any server's limit for headers (Node: 16 KiB, nginx: 8 KiB). */
const PADDING = 3000;
const WAIT_MS = 3000;

/**
 * Whether large packets reach the provider: a HEAD that fits one small packet against the same with a header that fills two large ones. The body of
 * a request cannot be told so, because sending it may change something; to the path they are the same.
 */
export async function largePackets(context: Context): Promise<Large> {
  const small = await head(context, []);
  // A server that is slow with the small one would be slow with the large one, too.
  if (small.status === undefined || small.durationMs > WAIT_MS / 3) return 'silent';
  const large = await head(context, [['x-padding', 'p'.repeat(PADDING)]]);
  return large.status === undefined && large.reason?.includes('timed_out') ? 'size' : 'passes';
}

function head({ subject, options }: Context, headers: readonly (readonly [string, string])[]): Promise<Run> {
  const { url } = subject;
  return exchange(
    { method: 'HEAD', url, headers },
    {
      allowPrivate: options.allowPrivate,
      resolver: options.resolvers[0],
      ca: options.ca,
      proxy: options.proxy.use,
      http2: options.http2,
      deadlineMs: Math.min(options.timeoutMs, WAIT_MS),
    },
  );
}
