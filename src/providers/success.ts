import { catalogueName } from './name.ts';
import { override } from './tables.ts';

/** Media types that announce an envelope which may hold a failure, and those of answers to many requests. */
const ENVELOPES = /^application\/(?:graphql-response\+json|json-rpc|soap\+xml)/;
const MANY = /^application\/(?:fhir\+json|vnd\.(?:kafka|akeneo\.collection)\b)/;

const SHORTEST = 'application/fhir+json'.length;
const GRAPHQL = /\/graphql(?:[/?.]|$)/;
/** `/solr/books/select`: each answer has its own status. */
const SOLR = /\/solr\/[^/]+\/\w+(?:\?|$)/;
/** Many requests in one: `_bulk`, `$batch`, `:batchWrite`, `bulk_create_offer`; `insertAll`, `composite`, `documents/import`; Kafka's records. */
const BATCHES = [
  /[/:$_](?:[bB]ulk|batch)\w{0,24}(?:[/?]|$)/,
  /[/:](?:insertAll|composite|pipeline|annotate|documents\/import)(?:[/?]|$)/,
  /\/topics\/[^/]+\/records(?::batch)?(?:\?|$)/,
];
const isBatch = (path: string): boolean => BATCHES.some((batch) => batch.test(path));
/** The operation as AWS' JSON protocols name it. */
const BATCH_TARGET = /\.(?:Batch\w+|Put(?:Records|RecordBatch|Events)|\w+Batch)$/;

/** Whether the answer is one to many requests, each of which may have failed; only for what is sent, since what is read lists what it likes. */
export const answersMany = (contentType = '', path = '', target = ''): boolean =>
  isBatch(path) || MANY.test(contentType) || BATCH_TARGET.test(target);

/**
 * Whether a successful answer may hold a failure, so that the start of its body is read: hosts known for it, GraphQL endpoints, batches, and
 * media types made for envelopes. Reading costs memory, so everything else is left alone.
 * @param contentType of the answer, if known
 * @param path of the request, if known
 * @param target the request's `x-amz-target`, if it has one
 */
export function readsSuccessBodies(host: string, contentType?: string, path?: string, target?: string): boolean {
  // the lengths and the words spare nearly every answer the expressions
  if (contentType !== undefined && contentType.length >= SHORTEST)
    if (ENVELOPES.test(contentType) || MANY.test(contentType)) return true;
  if (path?.includes('/graphql') && GRAPHQL.test(path)) return true;
  if (path !== undefined && (isBatch(path) || (path.includes('/solr/') && SOLR.test(path)))) return true;
  const reads = override(catalogueName(host) ?? '')?.readsSuccess;
  if (reads instanceof RegExp)
    return contentType?.includes('json') === true
      ? target === undefined
        ? reads.test(host)
        : BATCH_TARGET.test(target)
      : contentType === undefined || contentType.includes('xml');
  return reads === true;
}
