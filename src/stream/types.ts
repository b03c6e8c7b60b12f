import type { LayerName } from '../contract/index.ts';

/** What the bytes of one streamed answer say about the call. */
export interface Finding {
  /** `error`: the stream told of a failure. `unfinished`: its protocol ends with an event that never came. */
  readonly kind: 'error' | 'unfinished';
  /** The event's own document, to be read like any body; absent for `unfinished`. */
  readonly text?: string;
  readonly contentType?: string;
  /** A status that stands in the event. */
  readonly status?: number;
  /** What the event says as HTTP headers would: `grpc-status` and its like. */
  readonly headers?: ReadonlyMap<string, string>;
  /** The provider's code where its place is the protocol's own. */
  readonly code?: string;
  /** Where the protocol itself says who erred. */
  readonly layer?: LayerName;
  /** Whose words these are, where the layout alone tells; a name of the catalogue. */
  readonly provider?: string;
  readonly isJsonRpc?: true;
  /** A tool of an MCP server failed, not the server. */
  readonly isToolError?: true;
}

/** Reads the bytes of one streamed answer as they pass. Takes no notice of how they are cut into chunks. */
export interface StreamReader {
  add(bytes: Uint8Array): void;
  /** @param whole the answer ended as HTTP says it should */
  end(whole: boolean): Finding | undefined;
}

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
