import { catalogueName } from './name.ts';
import { override } from './overrides.ts';
import type { Provider } from './provider.ts';

/** Media types that announce an envelope which may hold a failure. */
const ENVELOPES = /^application\/(?:graphql-response\+json|json-rpc|soap\+xml)/;

const SHORTEST = 'application/json-rpc'.length;
const GRAPHQL = /\/graphql(?:[/?.]|$)/;

function readsOf(host: string): Provider['readsSuccess'] {
  const name = catalogueName(host);
  return name === undefined ? undefined : override(name)?.readsSuccess;
}

/**
 * Whether a successful answer may hold a failure, so that the start of its body is read: hosts known for it, GraphQL endpoints, and
 * media types made for envelopes. Reading costs memory, so everything else is left alone.
 * @param contentType of the answer, if known
 * @param path of the request, if known
 */
export function readsSuccessBodies(host: string, contentType?: string, path?: string): boolean {
  // the lengths and the word spare nearly every answer the two expressions
  if (contentType !== undefined && contentType.length >= SHORTEST && ENVELOPES.test(contentType)) return true;
  if (path?.includes('/graphql') && GRAPHQL.test(path)) return true;
  const reads = readsOf(host);
  return reads === 'xml' ? contentType === undefined || contentType.includes('xml') : reads === true;
}
