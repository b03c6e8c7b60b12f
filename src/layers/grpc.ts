import type { LayerName } from '../contract/layers.ts';

/** The sixteen failures of gRPC (google.rpc.Code), by number, with the layer of each; the owner and the advice follow from the layer. */
const CODES: readonly (readonly [name: string, layer: LayerName])[] = [
  ['OK', 'unknown'],
  ['CANCELLED', 'service'],
  ['UNKNOWN', 'service'],
  ['INVALID_ARGUMENT', 'payload'],
  ['DEADLINE_EXCEEDED', 'service'],
  ['NOT_FOUND', 'endpoint'],
  ['ALREADY_EXISTS', 'payload'],
  ['PERMISSION_DENIED', 'auth'],
  ['RESOURCE_EXHAUSTED', 'throttling'],
  ['FAILED_PRECONDITION', 'payload'],
  ['ABORTED', 'service'],
  ['OUT_OF_RANGE', 'payload'],
  ['UNIMPLEMENTED', 'endpoint'],
  ['INTERNAL', 'service'],
  ['UNAVAILABLE', 'service'],
  ['DATA_LOSS', 'service'],
  ['UNAUTHENTICATED', 'auth'],
];
const BY_NAME = new Map(CODES.map(([name, layer]) => [name.toLowerCase(), layer]));

/** The layer of a `grpc-status`; numbers outside the table mean UNKNOWN (gRPC, Status codes). */
export const layerOfGrpc = (status: string): LayerName => (CODES[Number(status)] ?? CODES[2]!)[1];
/** `14` → `UNAVAILABLE`. */
export const grpcName = (status: string): string => (CODES[Number(status)] ?? CODES[2]!)[0];
/** Connect has the same names in lower case, and one `l` less in the first. */
export const layerOfConnect = (code: string): LayerName | undefined =>
  BY_NAME.get(code === 'canceled' ? 'cancelled' : code);
