import { exchange, type Run } from '../net/exchange.ts';
import { age, ms, plural } from '../paint.ts';
import { broken, type Context, type Finding, LOST_PACKETS, mismatch, note, ok, unknown } from './base.ts';

/** The last part of the transport step: the request itself and its answer. */
export async function exchangeFindings(context: Context): Promise<Finding[]> {
  const run = await context.answer();
  if (run.refused) return [unknown('HTTP', `not asked: ${run.refused}`)];
  const answered = run.status !== undefined && run.error === undefined;
  const stalled = (run.layer === 'send' || run.layer === 'wait') && run.limit !== undefined;
  if (!answered && !stalled) return [unanswered(run, context)];
  const large = stalled || mayStall(context) ? await largePackets(context) : undefined;
  if (large === 'size')
    return [
      mismatch(
        'HTTP',
        `a small request is answered, one of 3 KB is not${answered ? '' : `; the call itself: ${run.reason} after ${ms(run.durationMs)}`}`,
        ...LOST_PACKETS,
      ),
    ];
  if (!answered && large === 'passes')
    return [
      mismatch(
        'HTTP',
        `${run.reason} after ${ms(run.durationMs)}`,
        'large packets do arrive (a HEAD of 3 KB is answered): this request gets no answer in time',
        'compare Content-Length with the body; look for a body limit, an upload scanner, or slow work at the provider',
      ),
    ];
  if (!answered) return [unanswered(run, context)];
  const answer = `${context.genuine ? '' : 'HEAD instead: '}${run.status} over HTTP/${run.protocol}`;
  return [
    ok('HTTP', `${answer} in ${ms(run.durationMs)}${run.truncated ? ', first 1 MiB read' : ''}`),
    ...(large === 'passes'
      ? [ok('large request', 'a HEAD of 3 KB is answered: large packets reach the provider')]
      : []),
  ];
}

/** What an exchange without a whole answer says. */
function unanswered(run: Run, { options: { proxy } }: Context): Finding {
  const { limit, layer = 'unknown', reason = 'unknown', code, status } = run;
  const silent = limit?.silent ?? 0;
  const ended = limit && `our own limit of ${limit.seconds} s`;
  if (limit?.received !== undefined) {
    const seen = `${ended} ended it after status ${status} and ${plural(limit.received, 'byte')}`;
    return silent < limit.seconds / 2
      ? note('HTTP', `${seen}, still arriving`, 'a slow or endless body, not a broken one', '--timeout waits longer')
      : broken('HTTP', `${reason}: ${seen}, the last ${age(silent)} in silence`, layer, reason, code);
  }
  const after = status === undefined ? '' : ` after status ${status}`;
  const seen = [`${reason}${after}: ${run.error ?? ''}`, ended].filter(Boolean).join(', ');
  if (reason !== 'proxy.auth_required') return broken('HTTP', seen, layer, reason, code);
  const user = proxy.use?.username;
  return mismatch(
    'HTTP',
    seen,
    user
      ? `the proxy does not accept the credentials of user '${user}'`
      : 'the proxy wants credentials, and its URL holds none',
    'http://user:password@proxy:port, special characters percent-encoded',
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
