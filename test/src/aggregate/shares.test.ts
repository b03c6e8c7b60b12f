import { describe, expect, it } from 'vitest';
import { COLUMNS } from '../../../src/aggregate/columns.ts';
import { SERIES_BUDGET } from '../../../src/aggregate/families.ts';
import { overflowBy } from '../../../src/aggregate/overview.ts';
import { NOBODY, SERVICES, Shares, total } from '../../../src/aggregate/shares.ts';
import { OVERFLOW } from '../../../src/contract/index.ts';
import { pipeline } from '../../support/decode-bodies.ts';
import { sumOf } from '../../support/exposition.ts';
import { type Bag, jsonBody, protobufBody } from '../../support/otlp-spans.ts';

const CALLS = 'api_client_calls_total';
const greedy = (shares: Shares, owner: number): number => {
  let taken = 0;
  while (shares.take(owner)) taken++;
  return taken;
};

describe('shares of a budget', () => {
  it('leave something for whoever comes next, however many are greedy', () => {
    const shares = new Shares({ floor: 0, pool: 1000 });
    expect([1, 2, 3, 4].map((owner) => greedy(shares, owner))).toEqual([500, 250, 125, 63]);
    const side = new Shares({ floor: 0, pool: 1000 });
    const taken = new Map([1, 2, 3].map((owner) => [owner, 0]));
    for (let i = 0; i < 1000; i++) for (const o of [1, 2, 3]) if (side.take(o)) taken.set(o, taken.get(o)! + 1);
    expect([...taken.values()]).toEqual([250, 250, 250]);
  });

  it('keep the floor of every service that fits, after any number of greedy ones', () => {
    const shares = new Shares({ floor: 3, pool: 50 });
    for (let owner = 1; owner <= 100; owner++) greedy(shares, owner);
    for (let owner = 101; owner <= SERVICES; owner++)
      expect([shares.take(owner), shares.take(owner), shares.take(owner)], String(owner)).toEqual([true, true, true]);
  });

  it('take back what is given, and what a service leaves behind is nobody’s', () => {
    const shares = new Shares({ floor: 2, pool: 10 });
    const taken = greedy(shares, 7);
    for (let i = 0; i < taken; i++) shares.give(7);
    expect(greedy(shares, 8)).toBe(taken);
    shares.disown(8);
    expect([...shares.owners()]).toEqual([NOBODY]);
    expect(shares.take(9)).toBe(true);
  });

  it('have budgets of at least the floor times the services', () => {
    for (const { attribute, budget, floor = 0 } of COLUMNS)
      expect(budget, attribute).toBeGreaterThanOrEqual(floor * SERVICES);
    for (const [key, budget] of Object.entries(SERIES_BUDGET)) {
      expect(budget.floor, key).toBeGreaterThan(0);
      expect(total(budget), key).toBeGreaterThan(budget.floor * SERVICES);
    }
  });
});

/** 12,000 values of one attribute from one service, in bodies of 400. */
function flood(attribute: string): Bag[][] {
  return Array.from({ length: 30 }, (_, k) =>
    Array.from({ length: 400 }, (_, i) => ({ [attribute]: `${attribute === 'url.template' ? '/' : ''}n${k}_${i}` })),
  );
}
const call = (attributes: Bag) => ({
  attributes: {
    'http.request.method': 'GET',
    'api.status.class': '5xx',
    'http.response.status_code': 500,
    'api.failure.layer': 'service',
    'api.provider.name': 'p',
    'server.address': 'h',
    ...attributes,
  },
});

describe.each([
  ['protobuf', protobufBody],
  ['json', jsonBody],
] as const)('a noisy service (%s)', (_encoding, write) => {
  it.each([
    ['api.provider.code', 'api_provider_code'],
    ['url.template', 'url_template'],
    ['server.address', 'server_address'],
    ['api.provider.name', 'api_provider_name'],
    ['service.version', ''],
  ])('does not blind another by %s', (attribute, label) => {
    const p = pipeline();
    const ofResource = attribute.startsWith('service.');
    for (const bags of flood(attribute))
      if (ofResource)
        p.take(write(bags.map((bag) => ({ resource: { ...bag, 'service.name': 'noisy' }, spans: [call({})] }))));
      else p.take(write([{ resource: { 'service.name': 'noisy' }, spans: bags.map(call) }]));
    const value = attribute === 'url.template' ? '/real' : 'real';
    p.take(
      write([
        ofResource
          ? { resource: { [attribute]: value, 'service.name': 'checkout' }, spans: [call({})] }
          : { resource: { 'service.name': 'checkout' }, spans: [call({ [attribute]: value })] },
      ]),
    );
    const samples = p.samples();
    if (ofResource)
      expect(sumOf(samples, 'api_client_service_info', { service_name: 'checkout', service_version: value })).toBe(1);
    else {
      const mine = samples.filter(({ name, labels }) => name === CALLS && labels['service_name'] === 'checkout');
      expect(mine.map(({ labels, value }) => [labels[label], value])).toEqual([[value, 1]]);
      expect(mine.flatMap(({ labels }) => Object.values(labels))).not.toContain(OVERFLOW);
    }
    const [first, ...rest] = overflowBy(p.aggregator, 10);
    expect([first?.[0], rest]).toEqual(['noisy', []]);
    expect(first![1]).toBeGreaterThan(1000);
  });

  it('does not blind another by names of services', () => {
    const p = pipeline();
    for (let k = 0; k < 30; k++)
      p.take(
        write(
          Array.from({ length: 400 }, (_, i) => ({ resource: { 'service.name': `n${k}_${i}` }, spans: [call({})] })),
        ),
      );
    p.take(write([{ resource: { 'service.name': 'checkout' }, spans: [call({})] }]));
    expect(sumOf(p.samples(), CALLS, { service_name: 'checkout' })).toBe(1);
    expect(sumOf(p.samples(), CALLS)).toBe(12_001);
  });
});

it('holds 70 services × 30 providers × 20 codes beside hostile neighbours, none of it in __other__', () => {
  const p = pipeline();
  const hostile = (k: number) =>
    protobufBody(
      ['bad1', 'bad2', 'bad3'].map((service) => ({
        resource: { 'service.name': service },
        spans: Array.from({ length: 500 }, (_, i) =>
          call({
            'url.template': `/${service}/${k}/${i}`,
            'api.provider.code': `c${k}_${i}`,
            'api.provider.name': `p${service}${k}_${i}`,
          }),
        ),
      })),
    );
  for (let k = 0; k < 20; k++) p.take(hostile(k));
  for (let s = 0; s < 70; s++) {
    p.take(
      protobufBody([
        {
          resource: { 'service.name': `quiet${s}` },
          spans: Array.from({ length: 600 }, (_, i) =>
            call({
              'api.provider.name': `provider${i % 30}`,
              'api.provider.code': `code_${i % 30}_${i % 20}`,
              'api.timing.wait': 1,
            }),
          ),
        },
      ]),
    );
    if (s % 7 === 0) p.take(hostile(100 + s));
  }
  const quiet = p
    .page()
    .split('\n')
    .filter((line) => line.includes('service_name="quiet'));
  expect(quiet.filter((line) => line.includes(OVERFLOW))).toEqual([]);
  const counted = quiet.filter((line) => line.startsWith(`${CALLS}{`)).map((line) => Number(line.split(' ').at(-1)));
  expect(counted.reduce((sum, value) => sum + value, 0)).toBe(70 * 600);
  const services = new Set(overflowBy(p.aggregator, 50).map(([service]) => service));
  expect([...services].sort()).toEqual(['bad1', 'bad2', 'bad3']);
});
