import type { RateLimit } from '../../src/extract/index.ts';
import { age } from '../paint.ts';
import { answerFindings, outcomeOf } from './answers.ts';
import { type Context, type Finding, note, ok, unknown } from './base.ts';

/** Share of the quota below which the next burst is likely to be refused. */
const LOW_SHARE = 0.1;

/** Step 5: is the provider slowing the caller down? */
export async function throttling(context: Context): Promise<Finding[]> {
  const { record } = context.subject;
  const { layer, now } = await outcomeOf(context);
  const limit = (context.genuine && (await context.answer()).evidence?.rateLimit) || record?.rateLimit;
  const findings = [quotaFinding(limit), ...(await answerFindings('throttling', context))];
  if (!now || layer === 'throttling' || record?.layer !== 'throttling') return findings;
  const wait = record.retryAfter === undefined ? '' : ` (Retry-After ${age(record.retryAfter)})`;
  const over = 'it is over now, or this one call is too little to show it';
  return [...findings, note('then', `the kept failure was throttled${wait}`, over)];
}

function quotaFinding({ limit, remaining, reset }: RateLimit = {}): Finding {
  if (remaining === undefined) return unknown('quota', 'the provider sends no remaining-calls header');
  const seen = `${remaining}${limit === undefined ? '' : ` of ${limit}`} calls left${reset === undefined ? '' : `, reset in ${age(reset)}`}`;
  return remaining === 0 || (limit !== undefined && remaining < limit * LOW_SHARE)
    ? note('quota', seen, 'the next burst will be refused', 'spread the calls, or ask for a higher limit')
    : ok('quota', seen);
}
