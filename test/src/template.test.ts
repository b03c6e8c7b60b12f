import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePatterns, templateOf } from '../../src/template/index.ts';

describe('generic templates', () => {
  it.each([
    ['/', '/'],
    ['', '/'],
    ['/v1/charges', '/v1/charges'],
    ['/v1/customers/cus_NffrFeUfNV2Hib/sources', '/v1/customers/{id}/sources'],
    ['/v1/payment_intents/pi_3MtwBwLkdIwHu7ix28a3tqPa/confirm', '/v1/payment_intents/{id}/confirm'],
    ['/repos/12/issues/34', '/repos/{id}/issues/{id}'],
    ['/users/550e8400-e29b-41d4-a716-446655440000', '/users/{id}'],
    ['/blobs/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b', '/blobs/{id}'],
    ['/users/ann@orchard.example/mail', '/users/{id}/mail'],
    ['/users/ann%40orchard.example', '/users/{id}'],
    ['/reports/2026-01-31/rows', '/reports/{id}/rows'],
    [
      '/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json',
      '/2010-04-01/Accounts/{id}/Messages.json',
    ],
    ['/bot123456789:AAE-abcdefghijklmnopqrstuvwxyz12345/sendMessage', '/{id}/sendMessage'],
    ['/api/v2/search.json?q=x#y', '/api/v2/search.json'],
    ['/api/chat.postMessage', '/api/chat.postMessage'],
    ['/v1beta/models/gemini-pro:generateContent', '/v1beta/models/{id}:generateContent'],
    ['/twirp/orchard.v1.Pears/GetPear', '/twirp/orchard.v1.Pears/GetPear'],
    ['/oauth2/token', '/oauth2/token'],
    ['/articles/how-to-grow-a-pear-tree-in-winter', '/articles/{id}'],
    ['/posts/hello-world-again', '/posts/{id}'],
    ['/users/ann', '/users/{id}'],
    ['/users/me', '/users/me'],
    ['/users/search', '/users/search'],
    ['/rate-limits/by-account', '/rate-limits/by-account'],
    ['/a;sid=1/b', '/a/b'],
    ['/order/A-10023/lines', '/order/{id}/lines'],
    ['/x/a%20b%20c', '/x/{id}'],
    ['/a//b', '/a//b'],
  ])('%s is %s', (path, template) => expect(templateOf(path)).toBe(template));

  it('is bounded in segments and length', () => {
    expect(templateOf('/a'.repeat(50))).toBe(`${'/a'.repeat(12)}/**`);
    expect(templateOf(`/${'segment/'.repeat(12)}`).length).toBeLessThanOrEqual(128);
    expect(templateOf(`/${'x'.repeat(100_000)}`)).toBe('/{id}');
  });

  it('never throws, never exceeds its bounds, and is the same when templated again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webPath(), fc.string({ unit: 'binary' })), (path) => {
        const template = templateOf(path);
        expect(template.length).toBeLessThanOrEqual(128);
        expect(template.startsWith('/')).toBe(true);
        expect(template.split('/').length).toBeLessThanOrEqual(14);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('keeps cardinality low: ten thousand IDs of each shape are one template', () => {
    const shapes = [
      (i: number) => `/v1/items/${i}`,
      (i: number) => `/v1/items/${(i * 2654435761).toString(16).padStart(24, 'a1')}`,
      (i: number) => `/v1/items/item_${(i * 7919).toString(36)}4Q8z`,
      (i: number) => `/v1/items/00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      (i: number) => `/users/user${i}@orchard.example`,
    ];
    for (const shape of shapes) {
      const templates = new Set(Array.from({ length: 10_000 }, (_, i) => templateOf(shape(i + 1000))));
      expect([...templates]).toHaveLength(1);
    }
  });
});

describe('the user’s patterns', () => {
  const patterns = parsePatterns('/files/**, /v1/users/{name}, /v1/{kind}/latest');
  it.each([
    ['/files/a/b/c', '/files/**'],
    ['/files', '/files/**'],
    ['/services/data/v59.0/sobjects/Account', '/services/data/v59.0/sobjects/Account'],
    ['/v1/users/ann', '/v1/users/{name}'],
    ['/v1/users/ann/mail', '/v1/users/{id}/mail'],
    ['/v1/pears/latest?x=1', '/v1/{kind}/latest'],
    ['/v2/pears/42', '/v2/pears/{id}'],
  ])('%s is %s', (path, template) => expect(templateOf(path, patterns)).toBe(template));

  it.each([
    'files',
    '/a/**/b',
    '/a{b',
    '/a b',
    '/a?b',
    '/{a b}',
    `/${'x'.repeat(200)}`,
    '/*',
    Array(201).fill('/a').join(','),
  ])('refuses %s', (text) => expect(() => parsePatterns(text)).toThrow(/^must /));
});
