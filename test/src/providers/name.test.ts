import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/providers/fingerprints.ts';
import { idempotencyKey, parseProviders, providerName, readsSuccessBodies } from '../../../src/providers/index.ts';
import { readFixture } from '../extract/fixture.ts';

describe('provider names', () => {
  it('names every listed host by the longest suffix', () => {
    for (const { provider, hosts, cases } of readFixture()) {
      if (hosts.length === 0 || provider === 'wordpress-woocommerce') continue;
      for (const host of [...hosts, ...cases.map((c) => c.host)]) {
        if (host.includes('/') || host.endsWith('.test')) continue;
        expect([host, providerName(host.startsWith('.') ? `x${host}` : host)]).toEqual([host, provider]);
      }
    }
  });

  it.each([
    ['maps.googleapis.com', 'google-maps-legacy'],
    ['storage.googleapis.com', 'google-apis'],
    ['googleapis.com', 'google-apis'],
    ['notgoogleapis.com', 'notgoogleapis.com'],
    ['API.Stripe.COM.', 'stripe'],
    ['x.eks.amazonaws.com', 'kubernetes'],
    ['b.s3.amazonaws.com', 'aws'],
    ['api.billing.orchard.example', 'orchard.example'],
    ['a.b.orchard.co.uk', 'orchard.co.uk'],
    ['a.orchard.com.au', 'orchard.com.au'],
    ['co.uk', 'co.uk'],
    ['a.b.herokuapp.com', 'b.herokuapp.com'],
    ['shop.github.io', 'shop.github.io'],
    ['10.1.2.3', '10.1.2.3'],
    ['[::1]', '[::1]'],
    ['2001:db8::1', '2001:db8::1'],
    ['localhost', 'localhost'],
    ['vault', 'vault'],
  ])('%s is %s', (host, name) => expect(providerName(host)).toBe(name));

  it('lets the user’s names win, the longest first', () => {
    const own = parseProviders(
      'api.stripe.com=payments, .corp.example=intranet,billing.corp.example=billing,10.0.0.1=legacy',
    );
    expect(
      ['api.stripe.com', 'files.stripe.com', 'a.corp.example', 'billing.corp.example', '10.0.0.1'].map((h) =>
        providerName(h, own),
      ),
    ).toEqual(['payments', 'stripe', 'intranet', 'billing', 'legacy']);
  });

  it.each(['x', '=y', 'a=b=c', 'a=', 'a b=c', 'a=b c'])('refuses the override %s', (text) => {
    expect(() => parseProviders(text)).toThrow('must be host=name pairs');
  });

  it('recognises self-hosted products by the headers of their first answers', () => {
    expect(providerName('git.corp.example')).toBe('corp.example');
    expect(providerName('git.corp.example', undefined, () => ['date', 'x-gitlab-meta', 'x-request-id'])).toBe('gitlab');
    expect(providerName('git.corp.example')).toBe('gitlab');
    expect(providerName('api.orchard-two.example', undefined, () => ['x-amzn-requestid'])).toBe('orchard-two.example');
    expect(providerName('api.stripe.com', undefined, () => ['x-gitlab-meta'])).toBe('stripe');
    expect(fingerprint(['x-ms-request-id', 'x-github-request-id'])).toBe('github');
    expect(fingerprint(['date'])).toBeUndefined();
  });

  it('stays right when more hosts are seen than remembered', () => {
    for (let i = 0; i < 2000; i++) expect(providerName(`h${i}.orchard.example`)).toBe('orchard.example');
    expect(providerName('api.stripe.com')).toBe('stripe');
  });
});

describe('success bodies', () => {
  it.each([
    ['slack.com', 'application/json', '/api/chat.postMessage', true],
    ['api.stripe.com', 'application/json', '/v1/charges', false],
    ['api.orchard.example', 'application/json', '/graphql', true],
    ['api.orchard.example', 'application/json', '/v2/graphql?x=1', true],
    ['api.orchard.example', 'application/json', '/graphqlish', false],
    ['api.orchard.example', 'application/graphql-response+json', '/q', true],
    ['b.s3.amazonaws.com', 'application/xml', '/k', true],
    ['b.s3.amazonaws.com', 'image/png', '/k', false],
    ['api.orchard.example', 'application/json', '/idx/_bulk?refresh=true', true],
    ['graph.microsoft.com', 'application/json', '/v1.0/$batch', true],
    ['api.orchard.example', 'application/json', '/v1/documents:batchWrite', true],
    ['api.orchard.example', 'application/json', '/v1/combatants', false],
    ['search-d.eu-west-1.es.amazonaws.com', 'application/json', '/x', true],
    ['b.s3.amazonaws.com', 'application/json', '/k.json', false],
  ])('%s %s %s: %s', (host, type, path, reads) => expect(readsSuccessBodies(host, type, path)).toBe(reads));

  it('reads of AWS’ JSON only what its target calls a batch', () => {
    const reads = (target?: string) =>
      readsSuccessBodies('dynamodb.eu-west-1.amazonaws.com', 'application/x-amz-json-1.0', '/', target);
    expect(['DynamoDB_20120810.BatchWriteItem', 'DynamoDB_20120810.GetItem', undefined].map(reads)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are read for every listed host that fails inside 2xx with JSON', () => {
    const hosts = readFixture()
      .flatMap((e) => e.cases)
      .filter((c) => c.expect.error_on_2xx && !c.host.endsWith('.test') && !c.headers['grpc-status'])
      .map((c) => [c.host, c.headers['content-type']] as const);
    expect(hosts.length).toBeGreaterThan(10);
    // GitHub fails inside 2xx only on /graphql.
    expect(
      hosts.filter(([host, type]) => !readsSuccessBodies(host, type, host === 'api.github.com' ? '/graphql' : '/')),
    ).toEqual([]);
  });
});

describe('idempotency keys', () => {
  const of = (headers: Record<string, string>) => idempotencyKey((n) => headers[n]);
  it('are found in every listed provider’s header', () => {
    for (const c of readFixture().flatMap((e) => e.cases))
      if (c.request_headers && Object.keys(c.request_headers).some((n) => /idempotency-?key|paypal-request-id/.test(n)))
        expect(of(c.request_headers)).toBe(Object.values(c.request_headers)[0]!.replace(/^"|"$/g, ''));
  });
  it('are the same quoted and bare', () => {
    expect([of({ 'idempotency-key': '"a-1"' }), of({ 'idempotency-key': 'a-1' })]).toEqual(['a-1', 'a-1']);
    expect(of({ 'x-other': 'a' })).toBeUndefined();
    expect(of({ 'idempotency-key': ' ' })).toBeUndefined();
  });
});
