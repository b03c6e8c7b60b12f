import { awsReader, connectReader, grpcWebReader, grpcWebTextReader } from './frames.ts';
import { LineReader } from './lines.ts';
import type { StreamReader } from './types.ts';
import { aiSdk, clickhouse, couchbase, element, influx, solr, tailReader } from './window.ts';

export { errorOf, type Finding, type StreamReader } from './types.ts';

type MakeReader = () => StreamReader;
const lines: MakeReader = () => new LineReader(false);

/** How the bytes of an answer are laid out, by what its content type begins with. */
const READERS: readonly (readonly [type: string, make: MakeReader])[] = [
  ['text/event-stream', () => new LineReader(true)],
  ['application/vnd.amazon.eventstream', awsReader],
  ['application/connect+', connectReader],
  ['application/grpc-web-text', grpcWebTextReader],
  ['application/grpc-web', grpcWebReader],
];

/** Every name of a document a line, and GraphQL's parts of a document each. */
const LINES = /ndjson|jsonl|json-seq|stream\+json|ksqlapi\.delimited|^multipart\/mixed\b.*(?:defer|subscription)Spec/;
/** Google's streams without `alt=sse`: one array, an element at a time. */
const ARRAY_PATH = /:\w{0,40}(?:[sS]tream(?:ing)?[A-Z]\w+|runQuery|runAggregationQuery|batchGet)\b/;
/** Kubernetes' `?watch=true`, CouchDB's changes: lines of JSON under the name of one document. */
const LINES_PATH = /[?&](?:watch=(?:1|true)|feed=continuous)\b/;
/** X's streams; and whatever else is called so. */
const STREAM_PATH = /[/:]stream(?:\?|$)/;
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
  if (isJson && path.includes(':') && ARRAY_PATH.test(path)) return () => tailReader(element);
  if (!isJson && LINES.test(contentType)) return lines;
  // all of them send what they do not know the end of
  if (header('content-length') !== undefined) return undefined;
  const isInflux = header('x-influxdb-version') !== undefined;
  const isGateway = isInflux || (header('grpc-metadata-content-type') ?? header('x-chunked-output')) !== undefined;
  if (SOLR_PATH.test(path)) return () => tailReader(solr);
  if (isJson && /^\/(?:query|analytics)\/service\b/.test(path)) return () => tailReader(couchbase);
  if (isJson && (isGateway || LINES_PATH.test(path) || /^(?:Docker|Libpod)\//.test(header('server') ?? '')))
    return lines;
  if (isJson && STREAM_PATH.test(path)) return () => new LineReader(false, true);
  if (isInflux) return () => tailReader(influx);
  if (header('x-vercel-ai-data-stream') !== undefined) return () => tailReader(aiSdk);
  return header('x-clickhouse-query-id') === undefined ? undefined : () => tailReader(clickhouse);
}
