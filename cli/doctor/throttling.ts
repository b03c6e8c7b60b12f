import { type Context, outcomeOf } from './context.ts';
import { type Finding, mismatch, note, ok, unknown } from './report.ts';
import { age } from './words.ts';

/** Share of the quota below which the next burst is likely to be refused. */
const LOW_SHARE = 0.1;

/** Step 5: is the provider slowing the caller down? */
export async function throttling(context: Context): Promise<Finding[]> {
  const { record } = context.subject;
  const { layer, code, from, said, status, judged, retryAfter } = await outcomeOf(context);
  const limit = (context.genuine && (await context.answer()).evidence?.rateLimit) || record?.rateLimit;
  const findings = [quotaFinding(limit)];
  if (layer === 'throttling')
    findings.push(
      mismatch(
        'answer',
        `${said}${code ? `, ${code}` : ''}${retryAfter === undefined ? ', no Retry-After' : `, Retry-After ${age(retryAfter)}`}`,
        'the load, not the request, is refused',
        `${retryAfter === undefined ? 'back off exponentially with jitter' : `wait ${age(retryAfter)} before the next try`}; lower the concurrency`,
      ),
    );
  else if (status !== undefined)
    findings.push(
      judged ? ok('answer', `${said}: not throttled`) : unknown('answer', `${said}: says nothing about it`),
    );
  if (layer !== 'throttling' && record?.layer === 'throttling' && from === 'now')
    findings.push(
      note(
        'then',
        `the kept failure was throttled${record.retryAfter === undefined ? '' : ` (Retry-After ${age(record.retryAfter)})`}`,
        'it is over now, or this one call is too little to show it',
      ),
    );
  return findings;
}

interface Limit {
  readonly limit?: number;
  readonly remaining?: number;
  readonly reset?: number;
}

function quotaFinding({ limit, remaining, reset }: Limit = {}): Finding {
  if (remaining === undefined) return unknown('quota', 'the provider sends no remaining-calls header');
  const seen = `${remaining}${limit === undefined ? '' : ` of ${limit}`} calls left${reset === undefined ? '' : `, reset in ${age(reset)}`}`;
  return remaining === 0 || (limit !== undefined && remaining < limit * LOW_SHARE)
    ? note('quota', seen, 'the next burst will be refused', 'spread the calls, or ask for a higher limit')
    : ok('quota', seen);
}
