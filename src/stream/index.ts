import { AwsReader, connectReader, GrpcWebTextReader, grpcWebReader } from './frames.ts';
import { LineReader } from './lines.ts';
import type { StreamReader } from './types.ts';
import { clickhouse, element, influx, solr, TailReader } from './window.ts';

export type { Finding, StreamReader } from './types.ts';

type MakeReader = () => StreamReader;
const lines: MakeReader = () => new LineReader(false);

/** How the bytes of an answer are laid out, by what its content type begins with. */
const READERS: readonly (readonly [type: string, make: MakeReader])[] = [
  ['text/event-stream', () => new LineReader(true)],
  ['application/vnd.amazon.eventstream', () => new AwsReader()],
  ['application/connect+', connectReader],
  ['application/grpc-web-text', () => new GrpcWebTextReader()],
  ['application/grpc-web', grpcWebReader],
];

/** Every name of a document a line. */
const LINES = /ndjson|jsonl|json-seq|stream\+json|ksqlapi\.delimited/;
/** Gemini without `alt=sse`: one array, an element at a time. */
const ARRAY_PATH = /:stream(?:Generate|Raw)\w+/;
/** Kubernetes' `?watch=true`, CouchDB's changes: lines of JSON under the name of one document. */
const LINES_PATH = /[?&](?:watch=(?:1|true)|feed=continuous)\b/;
/** X's streams; and whatever else is called so. */
const STREAM_PATH = /\/stream(?:\?|$)/;
const SOLR_PATH = /\/solr\/[^/]+\/(?:stream|sql|export)(?:\?|$)/;

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
  if (isJson && path.includes(':stream') && ARRAY_PATH.test(path)) return () => new TailReader(element);
  if (!isJson && LINES.test(contentType)) return lines;
  // all of them send what they do not know the end of
  if (header('content-length') !== undefined) return undefined;
  const isInflux = header('x-influxdb-version') !== undefined;
  const isGateway = isInflux || header('grpc-metadata-content-type') !== undefined;
  if (SOLR_PATH.test(path)) return () => new TailReader(solr);
  if (isJson && (isGateway || LINES_PATH.test(path) || header('server')?.startsWith('Docker/'))) return lines;
  if (isJson && STREAM_PATH.test(path)) return () => new LineReader(false, true);
  if (isInflux) return () => new TailReader(influx);
  return header('x-clickhouse-query-id') === undefined ? undefined : () => new TailReader(clickhouse);
}
