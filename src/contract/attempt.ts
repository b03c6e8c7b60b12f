/**
 * What counts as an attempt: a client span on which faultlayer wrote (`api.status.class`), or one with an HTTP method and none of these attributes. A
 * library's span around its attempts (a call of an LLM SDK with its retries, a query, a cached read) has one of them, an attempt's span has none.
 */
export const LIBRARY_CALL = [
  'gen_ai.provider.name',
  'gen_ai.system',
  'gen_ai.operation.name',
  'db.system.name',
  'db.system',
  'messaging.system',
  'rpc.system',
  'next.span_type',
] as const;

/** Is this what a library calls, rather than what is sent for it? */
export const isLibraryCall = (attributes: Readonly<Record<string, unknown>> | undefined): boolean =>
  attributes !== undefined && LIBRARY_CALL.some((name) => attributes[name] !== undefined);
