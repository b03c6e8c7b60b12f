import { expect, it } from 'vitest';
import { curlOf } from '../../../src/evidence/curl.ts';
import { recordOf } from '../../../src/evidence/record.ts';
import { requestOf } from '../../../src/evidence/request.ts';
import { redactText, redactUrl } from '../../../src/redact/index.ts';

// What providers document for an object that is not there: the copy of the call has to name that very object.
const UUID = '59833787-2cf9-4fdf-8782-e53db20768a5';
const CASES: readonly (readonly [url: string, id: string, message: string])[] = [
  ['api.stripe.com/v1/payment_intents/', 'pi_3MtwBwLkdIwHu7ix28a3tqPa', "No such payment_intent: 'ID'"],
  ['api.stripe.com/v1/charges/', 'ch_3MmlLrLkdIwHu7ix0snN0B15', "No such charge: 'ID'"],
  ['api.openai.com/v1/threads/', 'thread_v7V4csrNOxtNmgcwGg496Smx', "No thread found with id 'ID'."],
  ['api.openai.com/v1/files/', 'file-BK7bzQj3FfZFXr7DbL6xJwfo', 'No such File object: ID'],
  ['api.anthropic.com/v1/messages/batches/', 'msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d', 'Message batch ID not found'],
  ['api.github.com/repos/o/r/commits/', '6dcb09b5b57875f334f61aebed695e2e4193db5e', 'No commit found for SHA: ID'],
  [
    'api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/',
    'SM8f2e4a6b0c1d3e5f7a9b8c6d4e2f0a1b',
    'The requested resource /Messages/ID was not found',
  ],
  ['api.notion.com/v1/pages/', UUID, 'Could not find page with ID: ID.'],
  ['api.notion.com/v1/databases/', 'd9824bdc84454327be8b5b47500af6ce', 'Could not find database with ID: ID.'],
  ['www.googleapis.com/drive/v3/files/', '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgVE2upms', 'File not found: ID.'],
  ['places.googleapis.com/v1/places/', 'ChIJN1t_tDeuEmsRUsoyG83frY4', 'The place ID ID is no longer valid.'],
  ['api-m.paypal.com/v2/checkout/orders/', '5O190127TN364715T', 'The specified resource ID does not exist.'],
  ['connect.squareup.com/v2/payments/', 'bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY', 'Could not find payment with id: ID'],
  ['api.mollie.com/v2/payments/', 'tr_WDqYK6vllg', 'No payment exists with token ID.'],
  ['api.razorpay.com/v1/payments/', 'pay_29QQoUBi66xm2f', 'The id ID does not exist'],
  ['api.airtable.com/v0/appLkNDICXNqxSDhG/Orders/', 'rec560UJdUtocSouk', 'Could not find record ID'],
  ['api.vercel.com/v13/deployments/', 'dpl_89qyp1cskzkLrVicDaZoDbjyHuDJ', 'The deployment "ID" cannot be found'],
  ['api.cloudflare.com/client/v4/zones/', '023e105f4ecef8ad9ca31a8372d0c353', 'Zone ID was not found'],
  ['api.resend.com/emails/', UUID, 'Email ID not found'],
  ['api.clerk.com/v1/users/', 'user_2NNEqL2nrIRdJ194ndJqAHwEfxC', 'No user was found with id ID.'],
  ['sentry.io/api/0/projects/o/p/events/', '9999aaaaca8b46d797c23c6077c6ff01', 'Event ID not found'],
  ['registry-1.docker.io/v2/a/b/manifests/', `sha256:${'c5b1261d'.repeat(8)}`, 'manifest ID unknown'],
];

it.each(CASES)('%s%s', (path, id, text) => {
  const message = text.replaceAll(/\bID\b(?!:)(?=[^I]*$)/g, id);
  const attributes = {
    'api.failure.layer': 'endpoint',
    'http.request.method': 'GET',
    'http.response.status_code': 404,
    // as the preload writes them; the collector redacts again
    'url.full': redactUrl(`https://${path}${id}?expand=all`),
    'api.provider.message': redactText(message),
  };
  const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), startMs: 0, endMs: 1, resource: new Map() };
  const record = recordOf({ ...span, attributes: new Map(Object.entries(attributes)) })!;
  expect(message).toContain(id);
  expect(record.message).toBe(message);
  expect(curlOf(requestOf(record)!).command).toContain(`https://${path}${id}?expand=all`);
});
