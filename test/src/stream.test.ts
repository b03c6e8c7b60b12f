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

/** Which stream is which end of each kind: an error, no last event, good, good though it quotes an error. A cut is an end of every stream. */
const KINDS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'messages of Anthropic': [
    'anthropic: overloaded in the middle',
    'anthropic: cut in good order',
    'anthropic: good',
    'anthropic: good, quoting',
  ],
  'chat of OpenAI': ['chat: error in the middle', 'chat: no [DONE] and no reason', 'chat: good', 'chat: good, quoting'],
  'responses of OpenAI': [
    'responses: error and failed',
    'responses: cut',
    'responses: incomplete',
    'responses: completed, 30 KB',
  ],
  'Gemini, events': ['gemini: error', undefined, 'gemini: malformed call', 'gemini: good with CRLF'],
  'Gemini, array': ['gemini array: error', undefined, 'gemini array: good, quoting', 'gemini array: good, quoting'],
  'GraphQL over SSE': ['graphql: errors in next', undefined, 'graphql: good', 'graphql: good, quoting'],
  'JSON-RPC and MCP': ['json-rpc: error', undefined, 'mcp: good', 'mcp: good'],
  'AWS event streams': ['bedrock: throttled', 'bedrock: cut', 'bedrock: good, quoting', 'bedrock: good, quoting'],
  'lines: Ollama': ['ollama: error', 'ollama: cut', 'ollama: good', 'ollama: good, quoting'],
  Docker: ['docker: build failed', undefined, 'docker: good', 'docker: good, quoting'],
  Kubernetes: ['kubernetes: error', undefined, 'kubernetes: expired', 'kubernetes: good'],
  ClickHouse: [
    'clickhouse: late exception',
    undefined,
    'clickhouse: rows that quote one',
    'clickhouse: rows that quote one',
  ],
  Solr: ['solr: late exception', undefined, 'solr: good, quoting', 'solr: good, quoting'],
  Connect: ['connect: unavailable', 'connect: no end', 'connect: good, quoting', 'connect: good, quoting'],
  'gRPC-Web': ['grpc-web: exhausted', 'grpc-web: no trailers', 'grpc-web: good', 'grpc-web: good'],
  'gRPC-Web in base64': [
    'grpc-web-text: denied',
    'grpc-web-text: no trailers',
    'grpc-web-text: good, quoting',
    'grpc-web-text: good, quoting',
  ],
  'multipart of GraphQL': [
    'apollo: subscription ends with an error',
    'apollo: subscription without its end',
    'apollo: subscription, good',
    'graphql: deferred, good',
  ],
  'AG-UI': ['AG-UI: run error', 'AG-UI: no end', 'AG-UI: good', 'AG-UI: good'],
  'S3 Select': ['s3 select: error', 's3 select: no end', 's3 select: good', 's3 select: good'],
  "rows of Google's": ['spanner: rows, then an error', undefined, 'firestore: query, good', 'firestore: query, good'],
  Couchbase: ['couchbase: query timed out', undefined, 'couchbase: query, good', 'couchbase: query, good'],
};

it.each(Object.entries(KINDS))('has every end of %s', (_, names) => {
  const says = names.map((name) => name && ALL_STREAMS.find((one) => one.name === name)?.says);
  expect(says).toEqual(['error', names[1] && 'unfinished', 'good', 'good']);
});

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
