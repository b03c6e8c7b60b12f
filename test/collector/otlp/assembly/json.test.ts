import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { selfMetrics } from '../../../../collector/base/own-metrics.ts';
import { createFailedSpans } from '../../../../collector/evidence/failed-spans.ts';
import { createSpanIngest } from '../../../../collector/otlp/ingest.ts';
import { Malformed } from '../../../../collector/otlp/messages.ts';
import { Aggregator, COLUMN } from '../../../../src/aggregate/index.ts';
import { pipeline } from '../../../support/decode-bodies.ts';
import { sumOf } from '../../../support/exposition.ts';
import { jsonBody, protobufBody, seeded, type TestSpan, typicalBody } from '../../../support/otlp-spans.ts';

const CALLS = 'api_client_calls_total';
const now = () => 1_800_000_000;
const call = (attributes: TestSpan['attributes'] = {}): TestSpan => ({
  attributes: { 'http.request.method': 'GET', 'api.status.class': '2xx', ...attributes },
});
const body = (...spans: TestSpan[]): string => jsonBody([{ resource: { 'service.name': 'shop' }, spans }]);

/** The text with one part written in another way; the part must be there. */
function rewritten(text: string, part: string, otherwise: string): string {
  expect(text).toContain(part);
  return text.replace(part, otherwise);
}

/** Each way of writing `plain` gives the page of what JSON.parse makes of it. */
function expectSame(plain: string, cases: Record<string, [part: string, otherwise: string]>): void {
  for (const [what, [part, otherwise]] of Object.entries(cases)) {
    const text = rewritten(plain, part, otherwise);
    const [ours, parsed] = [pipeline({ now }), pipeline({ now })];
    const plainly = JSON.stringify(JSON.parse(text.replace('\ufeff', '')));
    expect(ours.take(text), what).toEqual(parsed.take(plainly));
    expect(ours.page(true), what).toBe(parsed.page(true));
  }
}

describe('JSON as serializers write it', () => {
  it('gives the page that protobuf gives', () => {
    const [json, protobuf] = [pipeline({ now }), pipeline({ now })];
    for (let seed = 0; seed < 12; seed++) {
      json.take(jsonBody(typicalBody(seeded(seed), 150)));
      protobuf.take(protobufBody(typicalBody(seeded(seed), 150)));
    }
    // A sum of numbers with 17 digits differs in the last: JSON numbers are read to 15.
    const [a, b] = [json, protobuf].map((p) => p.page(true).replaceAll(/_sum(.*) .*/g, '_sum$1'));
    expect(a).toContain('trace_id=');
    expect(a).toBe(b);
  });

  it('is what OpenTelemetry’s JavaScript SDK writes', () => {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.name': 'shop',
        'process.pid': 7,
        'process.command_args': ['a', 'b'],
      }),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    });
    const span = provider.getTracer('test', '1').startSpan('GET', { kind: 2 });
    span.setAttributes({
      'http.request.method': 'GET',
      'http.response.status_code': 503,
      'api.timing.wait': 0.1234567890123,
    });
    span.setAttributes({ 'http.request.header.accept': ['*/*'], 'error.type': '503', 'api.request.repeated': true });
    span.addEvent('said "no"', { 'a\n': '\u0001' });
    span.end();
    const p = pipeline();
    p.take(new TextDecoder().decode(JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans())));
    expect(sumOf(p.samples(), CALLS, { service_name: 'shop', http_response_status_code: '503' })).toBe(1);
  });

  it('is what the OpenTelemetry Collector writes', () => {
    const p = pipeline();
    p.take(
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"s"},"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","parentSpanId":"","flags":256,"name":"GET","kind":3,"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000120000000","attributes":[{"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"http.response.status_code","value":{"intValue":"200"}},{"key":"k","value":{"kvlistValue":{"values":[{"key":"x","value":{"doubleValue":-1.5e-7}}]}}},{"key":"b","value":{"bytesValue":"AQI="}}],"events":[{"timeUnixNano":"1","name":"e"}],"status":{}}]}],"schemaUrl":"u"}]}',
    );
    expect(sumOf(p.samples(), CALLS, { service_name: 'shop', api_status_class: '2xx' })).toBe(1);
  });

  it('is not read on past its end, whatever an earlier body left there', () => {
    let clock = 1_800_000_000;
    const p = pipeline({ now: () => clock });
    const text = body(call({ 'url.template': '/a' }), call({ 'url.template': '/b' }));
    p.take(text);
    clock += 100;
    p.aggregator.evict(50);
    const asked: string[] = [];
    const dictionary = p.aggregator.dictionaries[COLUMN.template]!;
    const ofBytes = dictionary.ofBytes.bind(dictionary);
    dictionary.ofBytes = (bytes, start, end) => {
      asked.push(new TextDecoder().decode(bytes.subarray(start, end)));
      return ofBytes(bytes, start, end);
    };
    expect(() => p.take(text.slice(0, text.indexOf('/b')))).toThrow(Malformed);
    expect(new Set(asked)).toEqual(new Set(['/a']));
    for (let length = 1; length < text.length; length++)
      expect(() => p.take(text.slice(0, length)), `cut at ${length}`).toThrow(Malformed);
    for (const more of ['}', ' }', ',', '{}', '"']) expect(() => p.take(text + more), more).toThrow(Malformed);
  });
});

describe('JSON that is written otherwise', () => {
  const plain = body(
    call({
      'api.retry.after': 2.5,
      'http.response.status_code': 200,
      'api.request.repeated': true,
      'api.retry.kind': 'safe',
    }),
    { ...call(), traceState: 'ot=th:8', traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) },
  );
  const RARE: Record<string, [part: string, otherwise: string]> = {
    'with white space': [',"spans"', ', "spans"'],
    'with white space at its end': ['}}]}]}]}', '}}]}]}]}\n'],
    'with a byte order mark': ['{"resourceSpans"', '\ufeff{"resourceSpans"'],
    'with spans before their resource': ['"resource":{', '"scopeSpans":[],"resource":{'],
    'with nothing where a list may be': ['"resourceSpans":[', '"x":1,"resourceSpans":null,"resourceSpans":['],
    'with an escape in a label': ['"stringValue":"safe"', '"stringValue":"s\\u0061fe"'],
    'with an escape in a key': ['"key":"api.retry.kind"', '"key":"api.retry.k\\u0069nd"'],
    'with an escape in a name': ['"kind":3', '"k\\u0069nd":3'],
    'with the value before the key': [
      '{"key":"api.retry.kind","value":{"stringValue":"safe"}}',
      '{"value":{"stringValue":"safe"},"key":"api.retry.kind"}',
    ],
    'with two values': ['{"stringValue":"safe"}', '{"stringValue":"x","stringValue":"safe"}'],
    'with no value': ['"value":{"stringValue":"safe"}', '"value":null'],
    'with an exponent': ['"doubleValue":2.5', '"doubleValue":25e-1'],
    'with a number in quotes': ['"doubleValue":2.5', '"doubleValue":"2.5"'],
    'with a number that no double holds': ['"doubleValue":2.5', '"doubleValue":0.00000000000000000000000025'],
    'with a negative integer': ['"intValue":"200"', '"intValue":"-200"'],
    'with a long integer': ['"intValue":"200"', '"intValue":"1234567890123456"'],
    'with a flag that is none': ['"boolValue":true', '"boolValue":"true"'],
    'with a time as a number': ['"startTimeUnixNano":"1790000000000000000"', '"startTimeUnixNano":1790000000000000000'],
    'with a short time': ['"endTimeUnixNano":"1790000000120000000"', '"endTimeUnixNano":"17"'],
    'with a time that is none': ['"endTimeUnixNano":"1790000000120000000"', '"endTimeUnixNano":"179000000012000000a"'],
    'with a time that begins like none': [
      '"endTimeUnixNano":"1790000000120000000"',
      '"endTimeUnixNano":"17900000a0120000000"',
    ],
    'with another name for the key': ['"key":"api.retry.kind"', '"kex":"api.retry.kind"'],
    'with another name for the value': ['"value":{"stringValue":"safe"}', '"valux":{"stringValue":"safe"}'],
    'with another type': ['"boolValue":true', '"boolWalue":true'],
    'with an id that is none': ['abababababababab"', 'abababababababag"'],
    'with an id that is short': ['cdcdcdcdcdcdcdcd"', 'cdcdcdcdcdcdcd"'],
    'with a kind that is none': ['"kind":3', '"kind":30'],
    'with a kind in words': ['"kind":3', '"kind":"SPAN_KIND_CLIENT"'],
    'with a tracestate that is escaped': ['"ot=th:8"', '"ot=th\\u003a8"'],
    'with a span that is empty': ['"spans":[{', '"spans":[{},{'],
  };

  it('is read all the same', () => {
    expectSame(plain, RARE);
  });

  const USUAL: Record<string, [part: string, otherwise: string]> = {
    'capital digits in an id': ['abababababababab"', 'abABababababCDab"'],
    'an id of zeros': [`"${'cd'.repeat(8)}"`, `"${'00'.repeat(8)}"`],
    'an integer without quotes': ['"intValue":"200"', '"intValue":200'],
    'a negative number': ['"doubleValue":2.5', '"doubleValue":-2.5'],
    'a number of many digits': ['"doubleValue":2.5', '"doubleValue":2.50000000000000012345'],
    'a large number': ['"doubleValue":2.5', '"doubleValue":12345678901234567890'],
    'a flag that is false': ['"boolValue":true', '"boolValue":false'],
    'no attributes': ['"attributes":[{"key":"service.name"', '"attributes":[],"attributes":[{"key":"service.name"'],
    'a resource without anything': ['"resource":{', '"resource":{},"scopeSpans":[]},{"resource":{'],
    'whatever else there is': [
      '"name":"call"',
      '"x":[],"y":{},"z":[{"a":[1,-2.5e+3,0,true,false,null]},"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00Af"],"attributes":[{"key":"no","value":{"stringValue":"\\""}}]',
    ],
    'names that are nearly ours': ['"name":"call"', '"xxaceId":"no","Spans":[]'],
    'nothing that is for us': ['{"resourceSpans"', '{"a":{"b":[[[]]]},"resourceSpans"'],
  };

  it('is read all the same where it is still usual', () => {
    expectSame(plain, USUAL);
  });

  it('is refused where JSON.parse refuses it', () => {
    for (const [part, otherwise] of [
      ['"name":"call"', '"name":"c\u0001all"'],
      ['"name":"call"', '"name":"c\\xall"'],
      ['"name":"call"', '"name":"c\\u12g4"'],
      ['"name":"call"', '"name":01'],
      ['"name":"call"', '"name":1.'],
      ['"name":"call"', '"name":-'],
      ['"name":"call"', '"name":1e'],
      ['"name":"call"', '"name":nul'],
      ['"name":"call"', '"name":truex'],
      ['"name":"call"', '"name":[1,]'],
      ['"name":"call"', '"name":{"a":1,}'],
      ['"name":"call"', '"name":{"a"}'],
      ['"name":"call"', '"name":'],
      ['"name":"call",', ''.padEnd(1, ',')],
      ['"name":"call"', `"name":${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
      ['"name":"call"', '"name\\:"call"'],
      ['"stringValue":"safe"', '"stringValue":"safe\\'],
      ['"intValue":"200"', '"intValue":"200x'],
      ['"endTimeUnixNano":"1790000000120000000"', '"endTimeUnixNano":"1790000000120000000x'],
      ['cdcdcdcd",', 'cdcdcdcdx,'],
      ['"boolValue":true', '"boolValue":falsf'],
      ['"kind":3', '"kind":x'],
      ['"kind":3', '"kind":-'],
      ['"doubleValue":2.5', '"doubleValue":02.5'],
      ['"doubleValue":2.5', '"doubleValue":2.'],
      ['"intValue":"200"', '"intValue":0200'],
      ['}}]}]}]}', '}}]}]}'],
      ['"name":"call"', `"name":${'['.repeat(40)}${']'.repeat(40)}`],
    ] as const) {
      const p = pipeline();
      expect(() => p.take(rewritten(plain, part, otherwise)), otherwise).toThrow(Malformed);
      expect(p.counts().size).toBe(0);
    }
  });

  it('has what finds no room counted once', () => {
    const p = pipeline();
    p.take(body(call({ 'url.template': '/'.repeat(300) }), call({ 'api.provider.code': 'a"b' })));
    expect(p.aggregator.dictionaries[COLUMN.template]!.overflowed).toBe(1);
  });

  it('has its failed spans told, quickly read or not', () => {
    const aggregator = new Aggregator();
    const failed = createFailedSpans(
      () => undefined,
      (error) => expect.unreachable(String(error)),
    );
    const seen: unknown[] = [];
    failed.on(
      (s) => void seen.push([s.resource.get('service.name'), s.attributes.get('api.failure.layer'), s.traceId]),
    );
    const intake = createSpanIngest(aggregator, failed, selfMetrics(aggregator));
    const id = 'ab'.repeat(16);
    const text = body({ ...call({ 'api.failure.layer': 'dns' }), traceId: id }, call());
    intake.take(Buffer.from(text), 'json');
    intake.take(Buffer.from(text.replace(',', ' ,')), 'json');
    intake.take(Buffer.from(text.replace(/"resource":\{.*?\}\}\]\}/, '"resource":null')), 'json');
    expect(seen).toEqual([
      ['shop', 'dns', id],
      ['shop', 'dns', id],
      [undefined, 'dns', id],
    ]);
  });
});
