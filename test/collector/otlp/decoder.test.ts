import { describe, expect, it } from 'vitest';
import { selfMetrics } from '../../../collector/base/own-metrics.ts';
import { createFailedSpans } from '../../../collector/evidence/failed-spans.ts';
import { LIMITS } from '../../../collector/limits.ts';
import type { Exports } from '../../../collector/otlp/decoder.ts';
import { MODULE } from '../../../collector/otlp/generated/decoder.ts';
import { createSpanIngest } from '../../../collector/otlp/ingest.ts';
import { Malformed } from '../../../collector/otlp/messages.ts';
import type { Dictionary } from '../../../src/aggregate/dictionary.ts';
import { Aggregator, COLUMN } from '../../../src/aggregate/index.ts';
import { pipeline } from '../../support/decode-bodies.ts';
import { sumOf } from '../../support/exposition.ts';
import { protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';
import { attribute, bodyOf, client, field, text, varint } from '../../support/protobuf-wire.ts';

const MIB = 1024 * 1024;
const CALLS = 'api_client_calls_total';
const unused = Object.fromEntries(
  ['unknown', 'status', 'weight', 'lostHost', 'failed', 'malformed', 'numberOf', 'meaning'].map((name) => [
    name,
    () => 0,
  ]),
);
const wasm = (): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'base64')), { host: unused }).exports as Exports;

/** Tells how many spellings were asked for since it was last called. */
function askedFor(dictionary: Dictionary): () => number {
  let asked = 0;
  const ofBytes = dictionary.ofBytes.bind(dictionary);
  dictionary.ofBytes = (...where) => {
    asked++;
    return ofBytes(...where);
  };
  return () => {
    const before = asked;
    asked = 0;
    return before;
  };
}

describe('the decoder’s module', () => {
  it('takes the memory that it is asked for once, and no key past its table', () => {
    const { memory, addColumn, setUp, addKey, BODY, SPAN_KEYS } = wasm();
    addColumn(0, 1000, 64);
    const size = setUp(1000, MIB);
    expect(size).toBeGreaterThan(BODY.value + MIB);
    expect(size).toBeLessThan(2 * MIB);
    memory.grow(Math.ceil(size / 65_536) - 1);
    const body = new Uint8Array(memory.buffer, BODY.value, MIB);
    const added = Array.from({ length: 300 }, (_, i) => {
      body.set(Buffer.from(`key.${i}`));
      return addKey(SPAN_KEYS.value, 1, 1, `key.${i}`.length);
    });
    expect(added).toEqual([...Array(255).fill(1), ...Array(45).fill(0)]);
    expect(wasm().addKey(SPAN_KEYS.value, 1, 1, 3)).toBe(0);
  });

  it('is small', () => {
    expect(Buffer.from(MODULE, 'base64').length).toBeLessThan(12 * 1024);
  });
});

describe('protobuf bodies', () => {
  it('make no text of label values that were seen before', () => {
    const p = pipeline();
    const body = protobufBody(typicalBody(seeded(5), 200));
    p.take(body);
    const before = p.counts();
    for (const dictionary of p.aggregator.dictionaries)
      dictionary.ofString = (value) => {
        throw new Error(`${value} was made into text`);
      };
    p.take(body);
    for (const [key, value] of p.counts()) expect(value, key).toBe(2 * before.get(key)!);
  });

  it('have spellings told apart that differ where their hash does not look, and short ones by every byte', () => {
    const p = pipeline();
    // The first, middle and last eight bytes are the same.
    const long = Array.from(
      { length: 40 },
      (_, i) => `/v1/the/same/size/${String(i).padStart(4, '0')}/and/much/text/before/and/after/that/number`,
    );
    const short = ['/', '/a', '/b', '/ab', '/ba', '/abcdef', '/abcdeg', '/abcdefg', '/abcdefgh', '/abcdefghijklmno'];
    const templates = [...long, ...short, ...short.map((t) => `${t}${t}/${t}`)];
    const spans = templates.map((template) => client(attribute('url.template', text(template))));
    const asked = askedFor(p.aggregator.dictionaries[COLUMN.template]!);
    const rounds = [1, 2, 3].map(() => {
      p.take(bodyOf(spans));
      return asked();
    });
    // Of spellings with one hash eight are kept.
    expect(rounds).toEqual([templates.length, long.length - 8, long.length - 8]);
    const samples = p.samples();
    for (const template of templates) expect(sumOf(samples, CALLS, { url_template: template }), template).toBe(3);
  });

  it('have label values known by their bytes, whatever flood of another label’s came between', () => {
    const p = pipeline();
    const asked = askedFor(p.aggregator.dictionaries[COLUMN.template]!);
    const templates = bodyOf(
      Array.from({ length: 400 }, (_, i) => client(attribute('url.template', text(`/items/${i}`)))),
    );
    p.take(templates);
    expect(asked()).toBe(400);
    // The longest that a method may be: what there is room for, and much more.
    const methods = Array.from({ length: 5000 }, (_, i) => text(String(i).padStart(16, '値')));
    p.take(bodyOf(methods.map((method) => client(attribute('http.request.method', method)))));
    p.take(templates);
    expect(asked()).toBe(0);
  });

  it('have label values known by their bytes only as long as those keep their ids', () => {
    let now = 1_800_000_000;
    const p = pipeline({ now: () => now });
    const of = (template: string) => bodyOf(client(attribute('url.template', text(template))));
    p.take(of('/old'));
    now += 100;
    expect(p.aggregator.evict(50)).toBeGreaterThan(0);
    p.take(of('/takes-its-id'));
    p.take(of('/old'));
    expect(sumOf(p.samples(), CALLS, { url_template: '/old' })).toBe(1);
    expect(sumOf(p.samples(), CALLS, { url_template: '/takes-its-id' })).toBe(1);
  });

  it('have every refused label value counted, not only the first', () => {
    const p = pipeline();
    const tooLong = client(attribute('url.template', text('/'.repeat(300))));
    p.take(bodyOf([tooLong, tooLong]));
    p.take(bodyOf(tooLong));
    expect(p.aggregator.dictionaries[COLUMN.template]!.overflowed).toBe(3);
  });

  it('may have 100 000 spans that count; those after them are refused by number', () => {
    const p = pipeline();
    const spans = Array.from({ length: LIMITS.spansPerRequest + 2 }, () => client());
    const { rejected } = p.take(bodyOf(spans));
    expect(rejected).toEqual({ invalid_id: 0, too_many_spans: 2 });
    expect(sumOf(p.samples(), CALLS)).toBe(LIMITS.spansPerRequest);
  });

  it('may have 20 MiB, and are read to their last byte', () => {
    const p = pipeline();
    const rest = LIMITS.bodyBytes - bodyOf([client(), client(field(5, Buffer.alloc(16 * MIB)))]).length;
    const body = bodyOf([client(), client(field(5, Buffer.alloc(16 * MIB + rest)))]);
    expect(body.length).toBe(LIMITS.bodyBytes);
    expect(p.take(body).spans).toBe(2);
    body[body.length - 1] = 0xff;
    expect(p.take(body).spans).toBe(2);
    expect(() => p.take(Buffer.alloc(LIMITS.bodyBytes, 0x0a))).toThrow(Malformed);
    expect(() => p.take(Buffer.alloc(LIMITS.bodyBytes, 0xff))).toThrow(Malformed);
  });

  it('say what is wrong with them, and count nothing', () => {
    const p = pipeline();
    const tag = (...bytes: number[]): Buffer => Buffer.from(bytes);
    const cut = (bytes: Buffer): Buffer => bytes.subarray(0, -1);
    const cases: [Uint8Array, string][] = [
      [tag(0x0a, 5, 1), 'a length reaches past the end of its message'],
      [bodyOf(client(tag(0x4a, 9, 0x0a, 1, 0x78))), 'a length reaches past the end of its message'],
      // The key reaches past its attribute, the attribute's value does not end with it, a string does not end with its value.
      [
        bodyOf(client(tag(0x4a, 4, 0x0a, 9, 0x78, 0x79), Buffer.alloc(9))),
        'a length reaches past the end of its message',
      ],
      [
        bodyOf(client(field(9, field(1, 'error.type'), tag(0x12, 3, 0x0a, 2, 0x78)))),
        'a length reaches past the end of its message',
      ],
      [
        bodyOf(client(attribute('error.type', tag(0x0a, 9, 0x78)), Buffer.alloc(9))),
        'a length reaches past the end of its message',
      ],
      [bodyOf(client(cut(attribute('error.type', text('x'))))), 'a length reaches past the end of its message'],
      [
        field(1, field(1, cut(field(1, field(1, 'service.name'), field(2, text('x'))))), tag(0x78, 1)),
        'a length reaches past the end of its message',
      ],
      [
        bodyOf(client(field(9, field(1, 'error.type'), field(2, text('x')), tag(0x7d, 1)))),
        'a field reaches past the end of its message',
      ],
      [bodyOf(client(attribute('api.timing.wait', tag(0x21, 1, 2)))), 'a field reaches past the end of its message'],
      [bodyOf(client(tag(0x39, 1, 2, 3))), 'a field reaches past the end of its message'],
      [bodyOf(client(tag(0x85, 1, 2, 3))), 'a field reaches past the end of its message'],
      [bodyOf(client(tag(0x30, 0x83))), 'a varint does not end'],
      [bodyOf(client(tag(0x30, ...Array(9).fill(0xff), 2))), 'a varint does not end'],
      [bodyOf(client(tag(0x30, ...Array(10).fill(0x80), 0))), 'a varint does not end'],
      [bodyOf(client(tag(0x02, 0))), 'a field number is invalid'],
      [bodyOf(client(Buffer.concat([varint(2 ** 32 + 160), tag(0)]))), 'a field number is invalid'],
      [bodyOf(client(tag(0x0d, 1, 2, 3, 4))), 'field 1 has the wrong wire type'],
      [bodyOf(client(tag(0x28, 1))), 'field 5 has the wrong wire type'],
      [bodyOf(client(attribute('error.type', tag(0x28, 1)))), 'field 5 has the wrong wire type'],
      [bodyOf(client(tag(0xbb, 2, 0xbc, 2))), 'a wire type is not supported'],
    ];
    for (const [n, [body, message]] of cases.entries())
      expect(() => p.take(body), `case ${n}`).toThrow(new Malformed(message));
    expect(p.counts().size).toBe(0);
  });

  it('are read in whatever order and shape a writer chose', () => {
    const p = pipeline();
    const layer = Buffer.concat([field(1, 'api.failure.layer'), field(2, text('dns'))]);
    const odd = client(
      // The value before the key, a length in more bytes than it takes, fields of a later version, and two values of which the last counts.
      field(9, field(2, text('/first')), field(1, 'url.template')),
      Buffer.concat([Buffer.from([0x4a, layer.length | 128, 128, 0]), layer]),
      field(100, 'later'),
      Buffer.concat([varint(101 * 8), varint(2n ** 64n - 1n)]),
      attribute('http.response.status_code', Buffer.concat([text('no'), Buffer.from([0x18]), varint(503)])),
      attribute('api.retry.after', Buffer.concat([Buffer.from([0x18]), varint(-5)])),
    );
    expect(p.take(bodyOf(odd)).spans).toBe(1);
    expect(
      sumOf(p.samples(), CALLS, {
        url_template: '/first',
        api_failure_layer: 'dns',
        http_response_status_code: '503',
      }),
    ).toBe(1);
    expect(sumOf(p.samples(), 'api_client_retry_after_seconds_count')).toBe(0);
  });

  it('with times of which one is absurd say so', () => {
    const p = pipeline();
    const nanos = (start: bigint, end: bigint): Buffer => {
      const bytes = Buffer.alloc(18);
      bytes[0] = 0x39;
      bytes.writeBigUInt64LE(start, 1);
      bytes[9] = 0x41;
      bytes.writeBigUInt64LE(end, 10);
      return bytes;
    };
    const most = 2n ** 64n - 1n;
    p.take(
      bodyOf(
        [
          [1n, most],
          [most, 1n],
          [0n, most],
          [5n, 5n],
        ].map(([start, end]) => client(nanos(start!, end!))),
      ),
    );
    expect(p.aggregator.refusedDurations).toEqual({ missing: 1, negative: 1, too_long: 1 });
  });

  it('are counted when a failed span has an event that is malformed, which no metric reads', () => {
    const aggregator = new Aggregator();
    let dropped = 0;
    const failed = createFailedSpans(
      (spans) => (dropped += spans),
      (error) => expect.unreachable(String(error)),
    );
    const seen: string[] = [];
    failed.on((span) => void seen.push(String(span.attributes.get('api.failure.layer'))));
    const intake = createSpanIngest(aggregator, failed, selfMetrics(aggregator));
    const layer = attribute('api.failure.layer', text('dns'));
    intake.take(bodyOf([client(layer, field(11, Buffer.from([0x0a, 9]))), client(layer)]), 'protobuf');
    expect([seen, dropped]).toEqual([['dns'], 1]);
    expect(aggregator.families.calls.values.array[0]).toBe(2);
  });
});
