import { type Context, outcomeOf } from './context.ts';
import { healthFinding } from './grpc.ts';
import { type Finding, mismatch } from './report.ts';
import { age } from './words.ts';

/** Headers that say who answered in the provider’s name: its own server, a CDN or a gateway. */
const ANSWERED_BY = ['server', 'via', 'cf-ray', 'x-cache'];

/** The last question: does the service itself fail? Empty where nothing says so. */
export async function service(context: Context): Promise<Finding[]> {
  const health = context.subject.grpc === undefined ? undefined : healthFinding(await context.answer());
  if (health !== undefined) return [health];
  const { layer, said, code, retryAfter, header } = await outcomeOf(context);
  if (layer !== 'service') return [];
  const requestId = (await context.answer()).evidence?.requestId ?? context.subject.record?.requestId;
  const by = ANSWERED_BY.flatMap((name) => (header(name) === undefined ? [] : [`${name}: ${header(name)}`]));
  const seen = [said, code, requestId && `request ID ${requestId}`, ...by].filter(Boolean).join(', ');
  return [
    mismatch(
      'answer',
      seen,
      'the provider, or a gateway before it, failed. It says nothing about path, credentials or body',
      `look at its status page; send the ${requestId ? 'request ID and ' : ''}time to its support${retryAfter === undefined ? '' : `; it asks to wait ${age(retryAfter)}`}`,
    ),
  ];
}
