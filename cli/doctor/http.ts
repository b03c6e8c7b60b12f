import type { Run } from '../net/exchange.ts';
import type { Context } from './context.ts';
import { largePackets, SMALL_ENOUGH } from './probes/large.ts';
import { type Finding, mismatch, ok, unknown } from './report.ts';
import { ms } from './words.ts';

const HTTP_MEANS: Readonly<Record<string, readonly [string, string?]>> = {
  proxy: ['the proxy does not open the way', 'look at its credentials and its list of allowed hosts'],
  send: [
    'the connection broke while the request was being written',
    'a body limit, or a middlebox that cuts long uploads',
  ],
  wait: [
    'the request left and no answer came: it may have taken effect',
    'ask the provider with the time; repeat a write only with an idempotency key',
  ],
  body: ['the answer began and did not end', 'a proxy with a time limit, or the provider’s stream broke'],
  tls: [
    'the handshake ended well, then TLS failed: usually a client certificate is wanted',
    'configure the client certificate',
  ],
};

/** The last part of the transport step: the request itself and its answer. */
export async function exchangeFindings(context: Context): Promise<Finding[]> {
  const { run, genuine } = await context.answer();
  if (run.refused) return [unknown('HTTP', `not asked: ${run.refused}`)];
  const answered = run.status !== undefined && run.error === undefined;
  if (!answered && !stalled(run)) return [broken(run)];
  const suspect = answered ? !genuine && mayStall(context) : true;
  const large = suspect ? await largePackets(context) : undefined;
  if (large === 'size')
    return [
      mismatch(
        'HTTP',
        `a small request is answered, one of 3 KB is not${answered ? '' : `; the call itself: ${run.reason} after ${ms(run.durationMs)}`}`,
        'large packets get lost on the way out: an MTU that is too big, with ICMP filtered',
        'lower the MTU (VPN, tunnel, container network) or clamp the MSS; let ICMP type 3 code 4 through',
      ),
    ];
  if (answered)
    return [
      ok(
        'HTTP',
        `${genuine ? '' : 'HEAD instead: '}${run.status} over HTTP/${run.protocol} in ${ms(run.durationMs)}${run.truncated ? ', first 1 MiB read' : ''}`,
      ),
      ...(large === 'passes'
        ? [ok('large request', 'a HEAD of 3 KB is answered: large packets reach the provider')]
        : []),
    ];
  if (large === 'passes')
    return [
      broken(run, [
        `large packets do arrive (a HEAD of 3 KB is answered), so it is this request: ${HTTP_MEANS[run.layer ?? '']?.[0] ?? ''}`,
        'compare Content-Length with the body; a body limit, an upload scanner, or the provider’s own work takes longer than the deadline',
      ]),
    ];
  return [broken(run)];
}

/** No answer came in time, though the connection was there. */
const stalled = ({ layer, reason }: Run): boolean =>
  (layer === 'send' || layer === 'wait') && reason?.includes('timed_out') === true;

/** The request was not sent now; its size or its record says that the way out may be the trouble. */
function mayStall({ subject: { body = '', record } }: Context): boolean {
  return body.length > SMALL_ENOUGH || record?.layer === 'send' || record?.layer === 'wait';
}

function broken(run: Run, [means, next] = HTTP_MEANS[run.layer ?? ''] ?? [`${run.layer}: ${run.reason}`]): Finding {
  const seen = `${run.reason}${run.status === undefined ? '' : ` after status ${run.status}`}: ${run.error ?? ''}`;
  return mismatch('HTTP', seen, means!, next);
}
