import type { Reason } from '../../src/contract/index.ts';
import { grpcName } from '../../src/layers/grpc.ts';
import type { Finding } from '../../src/stream/index.ts';
import { HeaderSet } from '../capture/header-set.ts';
import type { Call } from '../capture/types.ts';

/** A remote procedure call over HTTP (semantic conventions, RPC). */
export interface Rpc {
  readonly system: 'grpc' | 'connectrpc' | 'jsonrpc';
  /** `package.Service/Method`; JSON-RPC names it in the body, which is not read. */
  readonly method: string | undefined;
  readonly status: string | undefined;
}

const GRPC = 'application/grpc';
const CONNECT = new HeaderSet(['connect-protocol-version']);

const typeOf = (call: Call): string => call.requestHeader('content-type') ?? call.responseHeader('content-type') ?? '';
const isGrpc = (call: Call): boolean => call.method === 'POST' && typeOf(call).startsWith(GRPC);

/** `/package.Service/Method`, as both protocols have it; a prefix before it is the server's own. */
const METHOD = /\/([\w.]{1,128}\/\w{1,128})(?:\?|$)/;
const methodOf = (call: Call): string | undefined => METHOD.exec(call.path)?.[1];

const statusOf = (call: Call): string | undefined =>
  call.trailers?.first('grpc-status') ?? call.responseHeader('grpc-status');

/**
 * What kind of procedure call it was, if any.
 * @param reason why it failed without an answer
 */
export function rpcOf(call: Call, finding: Finding | undefined, reason?: Reason): Rpc | undefined {
  if (finding?.isJsonRpc) return { system: 'jsonrpc', method: call.requestHeader('mcp-method'), status: finding.code };
  if (isGrpc(call)) {
    const status = finding?.headers?.get('grpc-status') ?? statusOf(call) ?? (isDeadline(reason) ? '4' : undefined);
    return { system: 'grpc', method: methodOf(call), status: status === undefined ? undefined : grpcName(status) };
  }
  const isConnect =
    CONNECT.meets(call.requestHeaderNames()) ||
    (call.method === 'POST' && typeOf(call).startsWith('application/connect+'));
  return isConnect ? { system: 'connectrpc', method: methodOf(call), status: finding?.code } : undefined;
}

const isDeadline = (reason: Reason | undefined): boolean =>
  reason === 'http.response.timed_out' || reason === 'http.response.stalled' || reason === 'http.request.timed_out';

const WORDS = ['grpc-status', 'grpc-message', 'grpc-status-details-bin', 'grpc-retry-pushback-ms'];

/** The status that a gRPC call ended with, wherever it stands; HTTP/1 servers behind a proxy send it as trailers too. */
export function grpcFinding(call: Call, whole: boolean): Finding | undefined {
  const isCall = isGrpc(call);
  if (!isCall && call.trailers === undefined) return undefined;
  const status = statusOf(call);
  if (status === undefined) return whole && isCall && call.reader === undefined ? { kind: 'unfinished' } : undefined;
  if (status === '0') return undefined;
  const headers = new Map<string, string>();
  for (const name of WORDS) {
    const value = call.trailers?.first(name) ?? call.responseHeader(name);
    if (value !== undefined) headers.set(name, value);
  }
  return { kind: 'error', headers };
}

/** gRPC over HTTP/2, "Timeout": a number of at most eight digits and its unit; in milliseconds. */
const UNIT: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
/** Clients round what is left of their deadline up or down. */
const SLACK_MS = 5;

function deadlineOf(call: Call): number {
  const match = /^(\d{1,8})([HMSmun])$/.exec(call.requestHeader('grpc-timeout') ?? '');
  return match === null
    ? Number(call.requestHeader('connect-timeout-ms') ?? Number.NaN)
    : Number(match[1]) * UNIT[match[2]!]!;
}

/** Did the call last as long as its own deadline allowed? On the wire that ends like a cancel. */
export const pastDeadline = (call: Call): boolean => call.endMs - call.startMs >= deadlineOf(call) - SLACK_MS;
