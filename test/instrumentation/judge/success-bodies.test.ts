import { expect, it } from 'vitest';
import type { Call } from '../../../instrumentation/capture/types.ts';
import { successBodies } from '../../../instrumentation/judge/success-bodies.ts';

const call = (host: string, status: number, answer: Record<string, string> = {}, path = '/') =>
  ({
    host,
    status,
    path,
    responseHeader: (name: string) => answer[name],
    requestHeader: () => undefined,
  }) as unknown as Call;
const JSON_TYPE = { 'content-type': 'application/json' };

it('keeps the bodies of hosts the user names, of multi-status answers and of functions that failed', () => {
  const keeps = successBodies(new Set(['pay.example', '.corp.example']));
  expect(keeps(call('pay.example', 200, JSON_TYPE))).toBe(true);
  expect(keeps(call('a.corp.example', 200, JSON_TYPE))).toBe(true);
  expect(keeps(call('Pay.Example', 200))).toBe(true);
  expect(keeps(call('pay.example', 200, { 'content-type': 'image/png' }))).toBe(false);
  expect(keeps(call('pay.example', 200, { 'content-type': 'text/event-stream' }))).toBe(false);
  expect(keeps(call('notpay.example', 200, JSON_TYPE))).toBe(false);
  expect(keeps(call('dav.example', 207, { 'content-type': 'application/xml' }))).toBe(true);
  const failed = { ...JSON_TYPE, 'x-amz-function-error': 'Unhandled' };
  expect(keeps(call('lambda.eu-west-1.amazonaws.com', 200, failed))).toBe(true);
  expect(keeps(call('lambda.eu-west-1.amazonaws.com', 200, JSON_TYPE))).toBe(false);
});
