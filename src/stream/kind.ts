/** How the bytes of a streamed answer are laid out. */
export type StreamKind = 'events' | 'lines' | 'array' | 'aws' | 'connect' | 'grpc-web' | 'grpc-web-text' | 'clickhouse';

const KINDS: readonly (readonly [type: string, kind: StreamKind])[] = [
  ['text/event-stream', 'events'],
  ['application/x-ndjson', 'lines'],
  ['application/ndjson', 'lines'],
  ['application/jsonl', 'lines'],
  ['application/x-jsonlines', 'lines'],
  ['application/json-seq', 'lines'],
  ['application/stream+json', 'lines'],
  ['application/vnd.amazon.eventstream', 'aws'],
  ['application/connect+', 'connect'],
  ['application/grpc-web-text', 'grpc-web-text'],
  ['application/grpc-web', 'grpc-web'],
];

/** Gemini without `alt=sse`: one array, an element at a time. */
const ARRAY_PATH = /:stream(?:Generate|Raw)\w+/;
/** Kubernetes' `?watch=true`; its answers are lines of JSON under the name of one document. */
const WATCH_PATH = /[?&]watch=(?:1|true)\b/;

/**
 * The layout of an answer, if it is a stream whose failures can be told.
 * @param header first value of a response header by lower-case name
 */
export function streamKind(
  contentType: string | undefined,
  path: string,
  header: (name: string) => string | undefined,
): StreamKind | undefined {
  if (contentType === undefined) return undefined;
  for (const [type, kind] of KINDS) if (contentType.startsWith(type)) return kind;
  if (contentType.startsWith('application/json')) {
    if (path.includes('watch=') && WATCH_PATH.test(path)) return 'lines';
    if (path.includes(':stream') && ARRAY_PATH.test(path)) return 'array';
    if (header('server')?.startsWith('Docker/') && header('content-length') === undefined) return 'lines';
  }
  return header('x-clickhouse-query-id') !== undefined && header('content-length') === undefined
    ? 'clickhouse'
    : undefined;
}
