import { ArrayReader } from './array.ts';
import { AwsReader, connectReader, GrpcWebTextReader, grpcWebReader } from './frames.ts';
import { LineReader } from './lines.ts';
import type { StreamReader } from './types.ts';
import { ClickHouseReader } from './window.ts';

export type { Finding, StreamReader } from './types.ts';

type MakeReader = () => StreamReader;
const lines: MakeReader = () => new LineReader(false);

/** How the bytes of an answer are laid out, by what its content type begins with. */
const READERS: readonly (readonly [type: string, make: MakeReader])[] = [
  ['text/event-stream', () => new LineReader(true)],
  ...['x-ndjson', 'ndjson', 'jsonl', 'x-jsonlines', 'json-seq', 'stream+json'].map(
    (type) => [`application/${type}`, lines] as const,
  ),
  ['application/vnd.amazon.eventstream', () => new AwsReader()],
  ['application/connect+', connectReader],
  ['application/grpc-web-text', () => new GrpcWebTextReader()],
  ['application/grpc-web', grpcWebReader],
];

/** Gemini without `alt=sse`: one array, an element at a time. */
const ARRAY_PATH = /:stream(?:Generate|Raw)\w+/;
/** Kubernetes' `?watch=true`; its answers are lines of JSON under the name of one document. */
const WATCH_PATH = /[?&]watch=(?:1|true)\b/;

/**
 * Makes the reader of an answer, if it is a stream whose failures can be told.
 * @param header first value of a response header by lower-case name
 */
export function streamReader(
  contentType: string,
  path: string,
  header: (name: string) => string | undefined,
): MakeReader | undefined {
  for (const [type, make] of READERS) if (contentType.startsWith(type)) return make;
  const isJson = contentType.startsWith('application/json');
  if (isJson) {
    if (path.includes('watch=') && WATCH_PATH.test(path)) return lines;
    if (path.includes(':stream') && ARRAY_PATH.test(path)) return () => new ArrayReader();
  }
  // both send what they do not know the end of
  if (header('content-length') !== undefined) return undefined;
  if (isJson && header('server')?.startsWith('Docker/')) return lines;
  return header('x-clickhouse-query-id') === undefined ? undefined : () => new ClickHouseReader();
}
