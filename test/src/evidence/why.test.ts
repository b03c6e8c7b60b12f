import { expect, it } from 'vitest';
import { whyOf } from '../../../src/evidence/why.ts';
import { failure } from '../../support/failures.ts';

const AT = Date.UTC(2026, 0, 2, 12);
const seen = (version: string, secondsBefore: number) => ({ version, firstSeen: AT / 1000 - secondsBefore });

it('tells the most frequent kind first, with what whoever mends it needs', () => {
  const rare = failure({ startMs: AT, code: 'rare', message: undefined });
  const many = ['b', 'a', 'a'].map((requestId, i) =>
    failure({ startMs: AT - i * 1000, status: 401, message: 'no such key', requestId, template: undefined }),
  );
  const [first, second] = whyOf(
    [
      { total: 1, records: [rare] },
      { total: 7, records: many },
    ],
    [],
  );
  expect(first).toMatchObject({
    times: 7,
    code: '401',
    status: 401,
    call: 'GET api.stripe.com',
    message: 'no such key',
    requestIds: ['b', 'a'],
    since: new Date(AT - 2000).toISOString(),
    newest: new Date(AT).toISOString(),
  });
  expect(first!.firstCheck).not.toBe('');
  expect(second).toMatchObject({ times: 1, code: 'rare', call: 'GET /v1/charges' });
  expect(second).not.toHaveProperty('message');
});

it.each<[string, { version: string; firstSeen: number }[], object | undefined]>([
  [
    'a version that came within two hours before',
    [seen('1', 90_000), seen('2', 600)],
    { version: '2', secondsBefore: 600 },
  ],
  ['none where it came earlier', [seen('1', 90_000), seen('2', 7300)], undefined],
  ['none where no earlier one is known', [seen('1', 600)], undefined],
  ['none that came afterwards', [seen('1', 90_000), seen('2', -60)], undefined],
])('names as deploy %s', (_, versions, deploy) => {
  const [kind] = whyOf([{ total: 1, records: [failure({ startMs: AT })] }], [{ service: 'checkout', versions }]);
  expect(kind!.deploy).toEqual(deploy);
});

it.each([
  [402, 'billing of the account'],
  [424, 'what the request depends on'],
  [400, 'body, required fields'],
])('a %i at payload has the first check of its own', (status, check) => {
  const record = failure({ layer: 'payload', reason: 'http.error', status, code: 'no' });
  const [kind] = whyOf([{ total: 1, records: [record] }], []);
  expect(kind!.firstCheck).toContain(`First check: ${check}`);
});
