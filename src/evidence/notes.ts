import { isIdempotencyHeader } from '../providers/index.ts';
import type { FailureRecord } from './record.ts';
import type { RequestTemplate } from './request.ts';

/** What the redactors write in a value's place. */
const BRACKETED =
  /\[(?:secret|token|email|card|iban|ssn|phone|ip|jwt|credentials|authorization|private key|cut|dropped: [^\]]{1,40})\]/;
/** Whether a kept body lacks values of the one that was sent. */
export const isRedacted = (body: string | undefined): boolean => body !== undefined && BRACKETED.test(body);
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** What a person must know before running the copy of a request, one sentence each. */
export function notesOf(record: FailureRecord, template: RequestTemplate): string[] {
  const { requestBody } = record;
  const notes: string[] = [];
  if (template.bodyFromFile)
    notes.push('Only the start of the body was kept; $BODY_FILE names a file with the whole one.');
  else if (isRedacted(requestBody))
    notes.push('Words in brackets in the body, such as [secret], stand for values that were not kept.');
  else if (requestBody === undefined && WITH_BODY.has(template.method))
    notes.push(
      'The body was not recorded: add it with --data-raw, or set FAULTLAYER_CAPTURE_BODIES=true in the service for the next time.',
    );
  if (template.headers.some(([name]) => isIdempotencyHeader(name)))
    notes.push('Take a new idempotency key: for a known one a provider may repeat its old answer.');
  return notes;
}
