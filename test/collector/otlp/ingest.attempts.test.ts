import { describe, expect, it } from 'vitest';
import { LIBRARY_CALL } from '../../../src/contract/index.ts';
import { pipeline } from '../../support/decode-bodies.ts';
import { jsonBody, protobufBody, type TestSpan } from '../../support/otlp-spans.ts';

type Attributes = NonNullable<TestSpan['attributes']>;
const POST = { 'http.request.method': 'POST', 'server.address': 'api.example.com' };

describe.each([
  ['protobuf', protobufBody],
  ['JSON', jsonBody],
])('%s: what counts as an attempt', (_encoding, encode) => {
  /** Calls, and spans left out. */
  const counted = (...spans: Attributes[]): [number, number] => {
    const { spans: all, ignored } = pipeline().take(encode([{ spans: spans.map((attributes) => ({ attributes })) }]));
    return [all - ignored, ignored];
  };

  it('any instrumentation’s client span with a method', () => {
    expect(counted(POST, { ...POST, 'http.response.status_code': 503 })).toEqual([2, 0]);
  });

  it.each(LIBRARY_CALL)('not a library’s call around its attempts: %s', (name) => {
    expect(counted({ ...POST, [name]: 'some' })).toEqual([0, 1]);
    // of attempts faultlayer says what became of them
    expect(counted({ ...POST, [name]: 'some', 'api.status.class': '2xx' })).toEqual([1, 0]);
  });
});
