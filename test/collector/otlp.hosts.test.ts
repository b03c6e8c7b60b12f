import { expect, it } from 'vitest';
import { COLUMN, COLUMNS } from '../../src/aggregate/index.ts';
import { sumOf } from '../support/exposition.ts';
import { protobufBody } from '../support/otlp-spans.ts';
import { type TestCollector, testCollector } from '../support/test-collector.ts';

const CALLS = 'api_client_calls_total';
/** Calls as other instrumentations send them: a host and no provider. */
const to = (hosts: readonly string[]) =>
  protobufBody([
    {
      resource: { 'service.name': 'hosts' },
      spans: hosts.map((host) => ({ attributes: { 'http.request.method': 'GET', 'server.address': host } })),
    },
  ]);
const providers = async (collector: TestCollector): Promise<Map<string, number>> => {
  const counts = new Map<string, number>();
  for (const { name, labels, value } of await collector.samples())
    if (name === CALLS)
      counts.set(labels['api_provider_name']!, (counts.get(labels['api_provider_name']!) ?? 0) + value);
  return counts;
};

it('names the provider of tenants, ports, letter cases and trailing dots the same (C6)', async () => {
  const collector = await testCollector();
  try {
    const tenants = Array.from({ length: 3000 }, (_, i) => `bucket-${i}.s3.eu-west-1.amazonaws.com`);
    await collector.post(to(tenants));
    await collector.post(to(['api.stripe.com', 'API.Stripe.com', 'api.stripe.com.', 'api.stripe.com:443']));
    await collector.post(to(['xn--mnchen-3ya.example', 'a.xn--mnchen-3ya.example']));
    expect(Object.fromEntries(await providers(collector))).toEqual({
      aws: 3000,
      stripe: 4,
      'xn--mnchen-3ya.example': 2,
    });
  } finally {
    await collector.close();
  }
});

it('bounds hosts and providers of addresses and made-up domains, and loses no call (C6)', async () => {
  const collector = await testCollector();
  try {
    const hosts = Array.from({ length: 2500 }, (_, i) => [
      `10.1.${i >> 8}.${i & 255}`,
      `[2001:db8::${i.toString(16)}]:8443`,
      `made-up-${i}.example`,
      `müller-${i}.example`,
    ]).flat();
    for (let at = 0; at < hosts.length; at += 1000) await collector.post(to(hosts.slice(at, at + 1000)));
    const samples = (await collector.samples()).filter((s) => s.name === CALLS);
    const distinct = (label: string): number => new Set(samples.map((s) => s.labels[label])).size;
    expect(distinct('api_provider_name')).toBeLessThanOrEqual(COLUMNS[COLUMN.provider]!.budget + 2);
    expect(distinct('server_address')).toBeLessThanOrEqual(COLUMNS[COLUMN.address]!.budget + 2);
    expect(sumOf(samples, CALLS)).toBe(hosts.length);
    // every host but those that have a label of their own; one label is that of all others
    const own = distinct('server_address') - 1;
    expect(own).toBeGreaterThan(1000);
    expect(sumOf(await collector.samples(), 'faultlayer_label_overflow_total', { label: 'server_address' })).toBe(
      hosts.length - own,
    );
  } finally {
    await collector.close();
  }
});
