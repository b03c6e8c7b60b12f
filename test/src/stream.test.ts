import { describe, expect, it } from 'vitest';
import { type Finding, streamReader } from '../../src/stream/index.ts';
import type { StreamCase } from '../support/streams.ts';
import { ALL_STREAMS } from '../support/streams-more.ts';

const readerOf = ({ type, path, headers }: StreamCase) =>
  streamReader(type, path ?? '/v1/stream', (name) => headers?.[name]);

function read(stream: StreamCase, size: number, whole = true): Finding | undefined {
  const reader = readerOf(stream)!();
  for (let at = 0; at < stream.bytes.length; at += size) reader.add(stream.bytes.subarray(at, at + size));
  return reader.end(whole);
}

describe('what a streamed answer says of its call', () => {
  it.each(ALL_STREAMS.map((stream) => [stream.name, stream] as const))('%s', (_, stream) => {
    for (const size of [stream.bytes.length, 1, 7, 64, 1460, 8191, 8192, 16_384]) {
      const found = read(stream, size);
      expect(`${size}: ${found?.kind ?? 'good'}`).toBe(`${size}: ${stream.says}`);
    }
  });

  it.each(ALL_STREAMS.filter((s) => s.says === 'error').map((stream) => [stream.name, stream] as const))(
    '%s, and the connection is cut behind it',
    (_, stream) => expect(read(stream, 64, false)?.kind).toBe('error'),
  );

  it('says nothing of a stream that was cut before it was over', () => {
    for (const stream of ALL_STREAMS.filter((s) => s.says === 'unfinished'))
      expect([stream.name, read(stream, 64, false)]).toEqual([stream.name, undefined]);
  });
});
