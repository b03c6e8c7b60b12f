import { catalogueName } from './name.ts';
import { override } from './tables.ts';

/** Media types that announce an envelope which may hold a failure. */
const ENVELOPES = /^application\/(?:graphql-response\+json|json-rpc|soap\+xml)/;

const SHORTEST = 'application/json-rpc'.length;
const GRAPHQL = /\/graphql(?:[/?.]|$)/;
/** Many requests in one: `_bulk`, `$batch`, `:batchWrite`, `insertAll`, `composite`. */
const BATCH = /[/:$_](?:bulk|batch\w{0,16}|insertAll|composite)(?:[/?]|$)/;
/** The operation as AWS' JSON protocols name it. */
const BATCH_TARGET = /\.(?:Batch\w+|Put(?:Records|RecordBatch|Events)|\w+Batch)$/;

/**
 * Whether a successful answer may hold a failure, so that the start of its body is read: hosts known for it, GraphQL endpoints, batches, and
 * media types made for envelopes. Reading costs memory, so everything else is left alone.
 * @param contentType of the answer, if known
 * @param path of the request, if known
 * @param target the request's `x-amz-target`, if it has one
 */
export function readsSuccessBodies(host: string, contentType?: string, path?: string, target?: string): boolean {
  // the lengths and the word spare nearly every answer the two expressions
  if (contentType !== undefined && contentType.length >= SHORTEST && ENVELOPES.test(contentType)) return true;
  if (path?.includes('/graphql') && GRAPHQL.test(path)) return true;
  if (path !== undefined && BATCH.test(path)) return true;
  const reads = override(catalogueName(host) ?? '')?.readsSuccess;
  if (reads instanceof RegExp)
    return contentType?.includes('json') === true
      ? reads.test(host) && (target === undefined || BATCH_TARGET.test(target))
      : contentType === undefined || contentType.includes('xml');
  return reads === true;
}
