import { exchange, type Run } from '../net/exchange.ts';
import type { Context } from './context.ts';
import { type Finding, mismatch, note, ok, unknown } from './report.ts';
import { age, ms, plural } from './words.ts';

const HTTP_MEANS: Readonly<Record<string, readonly [string, string?]>> = {
  send: ['the connection broke while the request was being written', 'a body limit, or a middlebox that cuts uploads'],
  wait: [
    'the request left and no answer came: it may have taken effect',
    'ask the provider with the time; repeat a write only with an idempotency key',
  ],
  body: ['the answer began and did not end', 'a proxy with a time limit, or the provider’s stream broke'],
  tls: ['the handshake ended well, then TLS failed: usually a client certificate is wanted', 'configure it'],
};

/** The last part of the transport step: the request itself and its answer. */
export async function exchangeFindings(context: Context): Promise<Finding[]> {
  const run = await context.answer();
  if (run.refused) return [unknown('HTTP', `not asked: ${run.refused}`)];
  const answered = run.status !== undefined && run.error === undefined;
  const stalled = (run.layer === 'send' || run.layer === 'wait') && run.limit !== undefined;
  if (!answered && !stalled) return [broken(run, context)];
  const large = stalled || mayStall(context) ? await largePackets(context) : undefined;
  if (large === 'size')
    return [
      mismatch(
        'HTTP',
        `a small request is answered, one of 3 KB is not${answered ? '' : `; the call itself: ${run.reason} after ${ms(run.durationMs)}`}`,
        'large packets get lost on the way out: an MTU that is too big, with ICMP filtered',
        'lower the MTU (VPN, tunnel, container network) or clamp the MSS; let ICMP type 3 code 4 through',
      ),
    ];
  if (!answered) return [broken(run, context, large === 'passes')];
  const answer = `${context.genuine ? '' : 'HEAD instead: '}${run.status} over HTTP/${run.protocol}`;
  const passes = ok('large request', 'a HEAD of 3 KB is answered: large packets reach the provider');
  return [
    ok('HTTP', `${answer} in ${ms(run.durationMs)}${run.truncated ? ', first 1 MiB read' : ''}`),
    ...(large === 'passes' ? [passes] : []),
  ];
}

function broken(run: Run, { options: { proxy } }: Context, largePasses = false): Finding {
  const { limit, layer = '', reason } = run;
  if (largePasses)
    return mismatch(
      'HTTP',
      `${reason} after ${ms(run.durationMs)}`,
      'large packets do arrive (a HEAD of 3 KB is answered), so it is this request: no answer in time',
      'compare Content-Length with the body; a body limit, an upload scanner, or the provider’s own work takes longer than the deadline',
    );
  if (limit?.received !== undefined) {
    const seen = `our own limit of ${limit.seconds} s ended it after status ${run.status} and ${plural(limit.received, 'byte')}`;
    const silent = limit.silent ?? 0;
    return silent < limit.seconds / 2
      ? note('HTTP', `${seen}, still arriving`, 'a slow or endless body, not a broken one', '--timeout waits longer')
      : mismatch('HTTP', `${reason}: ${seen}, the last ${age(silent)} in silence`, ...HTTP_MEANS['body']!);
  }
  if (layer === 'proxy') {
    const user = proxy.use?.username;
    return mismatch(
      'HTTP',
      `${reason}: ${run.error}`,
      reason !== 'proxy.auth_required'
        ? 'the proxy does not open the way'
        : user
          ? `the proxy does not accept the credentials of user '${user}'`
          : 'the proxy wants credentials, and its URL holds none',
      reason === 'proxy.auth_required'
        ? 'http://user:password@proxy:port, special characters percent-encoded'
        : 'look at the proxy’s list of allowed hosts and ports',
    );
  }
  const [means, next] = HTTP_MEANS[layer] ?? [`${layer}: ${reason}`];
  const limited = limit === undefined ? '' : `, our own limit of ${limit.seconds} s`;
  return mismatch(
    'HTTP',
    `${reason}${run.status === undefined ? '' : ` after status ${run.status}`}: ${run.error ?? ''}${limited}`,
    means,
    next,
  );
}

/** From here on a request may need a packet larger than the smallest path allows (RFC 8200 §5: 1280 octets). */
const SMALL_ENOUGH = 1100;
/** More than one packet of any Ethernet, less than any server's limit for headers (Node: 16 KiB, nginx: 8 KiB). */
const PADDING = 3000;
const WAIT_MS = 3000;

/** The request was not sent now; its size or its record says that the way out may be the trouble. */
const mayStall = ({ genuine, subject: { body = '', record } }: Context): boolean =>
  !genuine && (body.length > SMALL_ENOUGH || record?.layer === 'send' || record?.layer === 'wait');

/**
 * Whether large packets reach the provider: a HEAD that fits one small packet against the same with a header that fills two large ones. The body of
 * a request cannot be told so, because sending it may change something; to the path they are the same. `silent`: not even the small one is answered.
 */
async function largePackets({ subject: { url }, way }: Context): Promise<'size' | 'passes' | 'silent'> {
  const deadlineMs = Math.min(way.deadlineMs ?? WAIT_MS, WAIT_MS);
  const head = (headers: readonly (readonly [string, string])[]): Promise<Run> =>
    exchange({ method: 'HEAD', url, headers }, { ...way, deadlineMs });
  const small = await head([]);
  // A server that is slow with the small one would be slow with the large one, too.
  if (small.status === undefined || small.durationMs > WAIT_MS / 3) return 'silent';
  const large = await head([['x-padding', 'p'.repeat(PADDING)]]);
  return large.status === undefined && large.reason?.includes('timed_out') ? 'size' : 'passes';
}
