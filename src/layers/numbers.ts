import type { LayerName } from '../contract/layers.ts';

/** gRPC status codes (google.rpc.Code), as `grpc-status` sends them with HTTP 200. */
const GRPC: Readonly<Record<string, LayerName>> = {
  2: 'service',
  4: 'service',
  5: 'endpoint',
  7: 'auth',
  8: 'throttling',
  10: 'service',
  12: 'endpoint',
  13: 'service',
  14: 'service',
  15: 'service',
  16: 'auth',
};
/** JSON-RPC 2.0 §5.1 and the limit code of EIP-1474. */
const JSON_RPC: Readonly<Record<string, LayerName>> = {
  '-32601': 'endpoint',
  '-32603': 'service',
  '-32005': 'throttling',
  '-32002': 'service',
};

/** The layer of a standard's number inside a 2xx. Small positive numbers mean gRPC only if `grpc-status` sent them. */
export const layerOfNumber = (code: string, isGrpc: boolean): LayerName | undefined =>
  isGrpc ? GRPC[code] : JSON_RPC[code];
