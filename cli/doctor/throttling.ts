import { type Context, outcomeOf } from './context.ts';
import { type Finding, mismatch, note, ok, unknown } from './report.ts';
import { age } from './words.ts';

/** Share of the quota below which the next burst is likely to be refused. */
const LOW_SHARE = 0.1;

/** Step 5: is the provider slowing the caller down? */
export async function throttling(context: Context): Promise<Finding[]> {
  const { run, genuine } = await context.answer();
  const { record } = context.subject;
  const { status, layer, code, from, retryAfter } = await outcomeOf(context);
  const findings: Finding[] = [];
  const limit = (genuine ? run.evidence?.rateLimit : undefined) ?? record?.rateLimit;
  if (limit?.remaining === undefined) findings.push(unknown('quota', 'the provider sends no remaining-calls header'));
  else {
    const seen = `${limit.remaining}${limit.limit === undefined ? '' : ` of ${limit.limit}`} calls left${limit.reset === undefined ? '' : `, reset in ${age(limit.reset)}`}`;
    const low = limit.remaining === 0 || (limit.limit !== undefined && limit.remaining < limit.limit * LOW_SHARE);
    findings.push(
      low
        ? note('quota', seen, 'the next burst will be refused', 'spread the calls, or ask for a higher limit')
        : ok('quota', seen),
    );
  }
  if (layer === 'throttling') {
    findings.push(
      mismatch(
        'answer',
        `${status ?? 'refused'}${from === 'record' ? ' (as recorded)' : ''}${code ? `, ${code}` : ''}${retryAfter === undefined ? ', no Retry-After' : `, Retry-After ${age(retryAfter)}`}`,
        'the load, not the request, is refused',
        retryAfter === undefined
          ? 'back off exponentially with jitter; lower the concurrency'
          : `wait ${age(retryAfter)} before the next try; lower the concurrency`,
      ),
    );
  } else if (status !== undefined) {
    findings.push(ok('answer', `${status}: not throttled`));
    if (record?.layer === 'throttling' && from === 'now')
      findings.push(
        note(
          'then',
          `the kept failure was throttled${record.retryAfter === undefined ? '' : ` (Retry-After ${age(record.retryAfter)})`}`,
          'it is over now, or this one call is too little to show it',
        ),
      );
  }
  if (layer === 'service' && status !== undefined)
    findings.push(
      mismatch(
        'provider',
        `${status}${code ? `, ${code}` : ''}${run.evidence?.requestId ? `, request ID ${run.evidence.requestId}` : ''}`,
        'all five checks are clear: the failure is the provider’s own',
        'look at its status page; send the request ID and time to its support',
      ),
    );
  return findings;
}
