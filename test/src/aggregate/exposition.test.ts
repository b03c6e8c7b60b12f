import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanCode } from '../../../src/aggregate/clean.ts';
import { SERIES_BUDGET } from '../../../src/aggregate/families.ts';
import { formatOf } from '../../../src/aggregate/index.ts';
import { OVERFLOW } from '../../../src/contract/index.ts';
import documentedCodes from '../../../src/providers/data/documented-codes.json' with { type: 'json' };
import { pipeline } from '../../support/decode-bodies.ts';
import { parsePage, sumOf } from '../../support/exposition.ts';
import { jsonBody, protobufBody, seeded, type TestSpan, typicalBody } from '../../support/otlp-spans.ts';

const CALLS = 'api_client_calls_total';
const call = (attributes: Record<string, unknown>): TestSpan => ({
  attributes: { 'http.request.method': 'GET', 'api.status.class': '2xx', ...attributes } as never,
});
const promtool = (page: string) => spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });

describe('hostile label values (C1, C2)', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      'v"} 1\nevil_total{a="',
      'a\\',
      'a\\"',
      '\r\n',
      '\0',
      '\ud800',
      '\u202e',
      '😀',
      '{{ .Labels }}',
      '\x1b[31m',
      'a,b="c"',
      '} 1 # {}',
    ),
  );
  const labels = {
    'server.address': nasty,
    'url.template': nasty,
    'api.provider.name': nasty,
    'api.provider.code': nasty,
  };

  it('never break a line, and promtool accepts the page', () => {
    const pages: string[] = [];
    fc.assert(
      // a decoder's memory costs more than what is decoded: ten calls share one
      fc.property(fc.array(fc.record(labels), { minLength: 10, maxLength: 10 }), fc.boolean(), (many, json) => {
        const p = pipeline();
        const body = many.map((values) => ({
          resource: { 'service.name': values['url.template'] },
          spans: [call(values)],
        }));
        p.take(json ? jsonBody(body) : protobufBody(body));
        const page = p.page();
        expect(sumOf(parsePage(page), CALLS)).toBe(many.length);
        expect(page).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f\u2028\u2029\u202a-\u202e\ud800-\udfff](?![\udc00-\udfff])/u,
        );
        if (pages.length < 5) pages.push(page);
      }),
      { numRuns: 40, seed: 1 },
    );
    for (const page of pages) expect(promtool(page).status).toBe(0);
  });

  it('keep distinct printable label sets apart', () => {
    const printable = fc.string({ unit: fc.constantFrom(...'ab,:"{}=\\ '), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(printable, printable), {
          selector: (t) => JSON.stringify(t),
          minLength: 2,
          maxLength: 8,
        }),
        (pairs) => {
          const p = pipeline();
          p.take(jsonBody([{ spans: pairs.map(([a, b]) => call({ 'server.address': a, 'url.template': b })) }]));
          const calls = p.samples().filter((s) => s.name === CALLS);
          expect(calls.map((s) => [s.labels['server_address'], s.labels['url_template']]).sort()).toEqual(
            [...pairs].sort(),
          );
        },
      ),
      { numRuns: 200, seed: 2 },
    );
  });
});

describe('the formats (C7, C9, C11)', () => {
  it('are chosen by Accept', () => {
    const asked = (accept: string | undefined) => formatOf(accept, ['protobuf', 'openMetrics', 'text']);
    const prometheus =
      'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
    expect(asked(prometheus)).toBe('openMetrics');
    expect(asked('text/plain;version=0.0.4;q=0.6,application/openmetrics-text;q=0.5')).toBe('text');
    for (const accept of [undefined, '', '*/*', 'text/html', 'application/json;q=0'])
      expect(asked(accept), accept).toBe('text');
  });

  it('never change one another, whatever the order', () => {
    const p = pipeline();
    p.take(protobufBody(typicalBody(seeded(5), 50)));
    const text = p.page(false);
    const open = p.page(true);
    p.take(protobufBody(typicalBody(seeded(6), 1)));
    expect([p.page(true), p.page(false)].every((page) => page.includes(`${CALLS}{`))).toBe(true);
    expect(text).toContain(`# TYPE ${CALLS} counter`);
    expect(open).toContain('# TYPE api_client_calls counter');
    expect(text).not.toContain(' # {');
    expect(open).toMatch(/ # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}",request_id="req_[0-9a-f]{16}"\} /);
    expect(parsePage(open).map((s) => [s.name, s.value])).toEqual(parsePage(text).map((s) => [s.name, s.value]));
    expect(promtool(text).stdout + promtool(text).stderr).toBe('');
  });

  it('render a page from the last one exactly as from nothing', () => {
    const random = seeded(9);
    const warm = pipeline({ now: () => 1_800_000_000 });
    const bodies = Array.from({ length: 12 }, () => protobufBody(typicalBody(random, 5)));
    for (const [i, body] of bodies.entries()) {
      warm.take(body);
      const cold = pipeline({ now: () => 1_800_000_000 });
      for (const b of bodies.slice(0, i + 1)) cold.take(b);
      for (const openMetrics of [false, true]) expect(warm.page(openMetrics)).toBe(cold.page(openMetrics));
    }
  });

  it('are right in pieces that are written over, whatever is counted and whoever reads in between', () => {
    const random = seeded(10);
    const p = pipeline({ now: () => 1_800_000_000 });
    const bodies = Array.from({ length: 8 }, () => protobufBody(typicalBody(random, 400)));
    const read = (piece: Uint8Array): string => new TextDecoder().decode(piece);
    for (const [i, body] of bodies.entries()) {
      p.take(body);
      const cold = pipeline({ now: () => 1_800_000_000 });
      for (const b of bodies.slice(0, i + 1)) cold.take(b);
      const [ours, theirs] = [p.exposition.pieces('openMetrics'), p.exposition.pieces('openMetrics')];
      let [page, other] = ['', ''];
      for (let piece = ours.next(); !piece.done; piece = ours.next()) {
        page += read(piece.value);
        const { value } = theirs.next();
        if (value !== undefined) other += read(value);
      }
      for (const piece of theirs) other += read(piece);
      expect(page, `page ${i}`).toBe(cold.page(true));
      expect(other, `page ${i}`).toBe(page);
    }
    const slow = p.exposition.pieces('openMetrics');
    const first = read(slow.next().value!);
    p.take(bodies[0]!);
    let whole = first;
    for (const piece of slow) whole += read(piece);
    // A row made meanwhile waits for the next page; one counted meanwhile is whole, before or after.
    expect(() => parsePage(whole)).not.toThrow();
    expect(parsePage(whole).length).toBe(parsePage(p.page(true)).length);
  });

  it('are not mixed with rows that an eviction moved', () => {
    let now = 1_800_000_000;
    const p = pipeline({ now: () => now });
    p.take(protobufBody(typicalBody(seeded(11), 2000)));
    const page = p.exposition.pieces('text');
    page.next();
    now += 7200;
    p.exposition.evict(3600);
    expect(p.aggregator.evicted).toBe(0);
    expect(() => [...page]).not.toThrow();
    // It waited for the page's end.
    expect(p.aggregator.evicted).toBeGreaterThan(0);
    p.take(protobufBody(typicalBody(seeded(11), 2000)));
    const stalled = p.exposition.pieces('text');
    stalled.next();
    now += 7200;
    p.exposition.evict(3600);
    p.exposition.evict(3600);
    expect(() => [...stalled]).toThrow('series were dropped');
    expect(p.page()).not.toContain('api_client_calls_total{');
  });

  it('leave a request ID out of an exemplar that would pass 128 characters, and odd ones', () => {
    for (const id of ['r'.repeat(56), 'a"b', 'a\nb', 'é']) {
      const p = pipeline();
      p.take(protobufBody([{ spans: [call({ 'api.provider.request_id': id })] }]));
      const exemplar = parsePage(p.page(true)).find((s) => s.exemplar)?.exemplar;
      expect(Object.keys(exemplar!.labels)).toEqual(['trace_id', 'span_id']);
      expect(Object.entries(exemplar!.labels).join('').length).toBeLessThanOrEqual(128);
    }
  });
});

describe('budgets (C3, C4, C5)', () => {
  const codes = (from: number, to: number, prefix = 'junk_') =>
    Array.from({ length: to - from }, (_, i) => call({ 'api.provider.code': `${prefix}${(from + i).toString(36)}x` }));

  it('hold under 100 000 distinct codes, count the rest, and keep the share of documented ones', () => {
    const documented = [...new Set(Object.values(documentedCodes).flat())].filter((code) => cleanCode(code) === code);
    expect(documented.length).toBeGreaterThan(100);
    const p = pipeline();
    p.take(protobufBody([{ spans: codes(0, 20, 'first_') }]));
    for (let i = 0; i < 20; i++) p.take(protobufBody([{ spans: codes(i * 5000, (i + 1) * 5000) }]));
    p.take(protobufBody([{ spans: documented.map((c) => call({ 'api.provider.code': c })) }]));
    p.take(protobufBody([{ spans: codes(0, 20, 'first_') }]));
    const calls = p.samples().filter((s) => s.name === CALLS);
    const seen = new Map(calls.map((s) => [s.labels['api_provider_code']!, s.value]));
    // One sender alone gets half of what is shared.
    expect(calls.length).toBeLessThanOrEqual(2001);
    expect(calls.reduce((sum, s) => sum + s.value, 0)).toBe(100_000 + 40 + documented.length);
    for (const code of documented) expect(seen.get(code), code).toBe(1);
    for (const span of codes(0, 20, 'first_'))
      expect(seen.get(span.attributes!['api.provider.code'] as string)).toBe(2);
    const dictionary = p.aggregator.dictionaries.find((d) => d.column.attribute === 'api.provider.code')!;
    expect(dictionary.overflowed).toBe(seen.get(OVERFLOW));
  }, 60_000);

  it('give up unbounded labels first and never a call, when series run out', () => {
    const few = Object.keys(SERIES_BUDGET).map((key) => [key, { floor: 0, pool: 5 }]);
    const budgets = {
      ...(Object.fromEntries(few) as typeof SERIES_BUDGET),
      calls: { floor: 0, pool: 50 },
      duration: { floor: 0, pool: 20 },
      phase: { floor: 0, pool: 20 },
    };
    const p = pipeline({ budgets });
    for (let i = 0; i < 40; i++)
      p.take(
        protobufBody([
          {
            resource: { 'service.name': `s${i % 10}` },
            spans: [
              call({ 'url.template': `/a/${i}`, 'api.provider.name': `p${i}`, 'api.timing.wait': 1 }),
              call({
                'server.address': `h${i}`,
                'api.failure.layer': 'dns',
                'api.retry.kind': 'safe',
                'api.request.repeated': true,
              }),
            ],
          },
        ]),
      );
    const samples = p.samples();
    expect(sumOf(samples, CALLS)).toBe(80);
    expect(sumOf(samples, CALLS, { api_failure_layer: 'dns' })).toBe(40);
    expect(sumOf(samples, 'api_client_duration_seconds_count')).toBe(80);
    expect(sumOf(samples, 'api_client_phase_duration_seconds_count')).toBe(40);
    expect(sumOf(samples, 'api_client_retries_total')).toBe(40);
    expect(samples.filter((s) => s.name === CALLS).length).toBeLessThan(80);
    expect(p.aggregator.links.overflowed.calls).toBeGreaterThan(0);
  });

  it('tell when an endpoint is given up', () => {
    const p = pipeline();
    const gone = { 'url.template': '/v1/old', 'api.deprecation.at': 1_688_169_599, 'api.sunset.at': 2_019_686_399 };
    p.take(
      protobufBody([{ resource: { 'service.name': 's' }, spans: [call(gone), call({ 'api.deprecation.at': 0 })] }]),
    );
    const samples = p.samples();
    const where = { url_template: '/v1/old', http_request_method: 'GET', service_name: 's' };
    expect(sumOf(samples, 'api_client_deprecation_timestamp_seconds', where)).toBe(1_688_169_599);
    expect(sumOf(samples, 'api_client_sunset_timestamp_seconds')).toBe(2_019_686_399);
    expect(samples.filter((s) => s.name === 'api_client_deprecation_timestamp_seconds')).toHaveLength(2);
  });

  it('take codes as documented, and nothing that names one event', () => {
    for (const code of [
      'card_declined',
      'NoSuchKey',
      'insufficient_quota',
      '20003',
      'AADSTS700016',
      'errors/not-found',
      'E.1',
      'rate limit',
    ])
      expect(cleanCode(code), code).toBe(code);
    for (const junk of [
      '6b1f8c1e-8f1a-4f57-b6ef-9a1df9c1c2b3',
      'deadbeefdeadbeef00',
      '1234567890123',
      'a@b.com',
      'https://x.y/z',
      '',
      'x'.repeat(65),
      'a\nb',
      '2026-11-22T10:00',
    ])
      expect(cleanCode(junk), junk).toBeUndefined();
  });
});

describe('idle series', () => {
  it('go, their label values with them, and come back from zero', () => {
    let now = 1_800_000_000;
    const p = pipeline({ now: () => now });
    p.take(
      protobufBody([
        {
          resource: { 'service.name': 'old' },
          spans: [call({ 'url.template': '/old' }), call({ 'url.template': '/old2' })],
        },
      ]),
    );
    now += 100;
    p.take(protobufBody([{ resource: { 'service.name': 'new' }, spans: [call({ 'url.template': '/new' })] }]));
    now += 100;
    expect(p.aggregator.evict(150)).toBeGreaterThan(0);
    const template = p.aggregator.dictionaries.find((d) => d.column.attribute === 'url.template')!;
    expect(template.size).toBe(1);
    expect(new Set(p.samples().map((s) => s.labels['service_name']))).toEqual(new Set(['new']));
    p.take(protobufBody([{ resource: { 'service.name': 'third' }, spans: [call({ 'url.template': '/third' })] }]));
    p.take(protobufBody([{ resource: { 'service.name': 'old' }, spans: [call({ 'url.template': '/old' })] }]));
    const samples = p.samples();
    expect(sumOf(samples, CALLS, { service_name: 'old', url_template: '/old' })).toBe(1);
    expect(sumOf(samples, CALLS, { service_name: 'third', url_template: '/third' })).toBe(1);
    expect(sumOf(samples, CALLS)).toBe(3);
    expect(sumOf(samples, 'api_client_duration_seconds_count', { service_name: 'new' })).toBe(1);
  });
});

describe('sampled spans', () => {
  it('count by their weight, as whole numbers right on average', () => {
    const p = pipeline();
    // th:c keeps one in four: weight 4. th:e66 keeps about one in ten: weight 10.0039…
    p.take(
      protobufBody([
        { spans: Array.from({ length: 500 }, () => ({ ...call({}), traceState: 'v=1,ot=rv:6e6d1a75832a2f;th:c' })) },
      ]),
    );
    expect(sumOf(p.samples(), CALLS)).toBe(2000);
    const random = seeded(4);
    const id = () => Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
    p.take(
      jsonBody([{ spans: Array.from({ length: 4000 }, () => ({ ...call({}), spanId: id(), traceState: 'ot=th:6' })) }]),
    );
    const total = sumOf(p.samples(), CALLS) - 2000;
    expect(Number.isInteger(total)).toBe(true);
    expect(Math.abs(total - 4000 * 1.6)).toBeLessThan(120);
  });

  it('with a threshold that is broken or absurd count once', () => {
    const p = pipeline();
    const states = ['ot=th:', 'ot=th:xyz', 'ot=th:ffffffffffffff', 'th:c', 'ot=th:123456789012345', '='];
    p.take(protobufBody([{ spans: states.map((traceState) => ({ ...call({}), traceState })) }]));
    expect(sumOf(p.samples(), CALLS)).toBe(states.length);
  });
});
