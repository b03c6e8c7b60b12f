import { type Evidence, extract } from '../../src/extract/index.ts';
import { layerOfAnswer, reasonOfAnswer } from '../../src/layers/answer.ts';
import { layerOfGrpc } from '../../src/layers/grpc.ts';
import { providerName } from '../../src/providers/index.ts';
import { detailsOf } from '../../src/stream/details.ts';
import type { Finding } from '../../src/stream/index.ts';
import type { Call, Sent } from '../capture/types.ts';
import { answerOf, readGood } from './answer.ts';
import type { Rpc } from './rpc.ts';
import type { Outcome } from './types.ts';

/** A failing event is read as a failing answer; so is one that names no status of its own. */
const FAILED = 500;
const CODE = /^[\w.-]{1,128}$/;

function evidenceOf(call: Call, finding: Finding): Evidence {
  const evidence: Evidence = {
    ...extract(answerOf(call, { ...finding, status: finding.status ?? FAILED })),
    failedIn2xx: true,
  };
  if (finding.code !== undefined && CODE.test(finding.code)) evidence.code = finding.code;
  const grpc = finding.headers?.get('grpc-status');
  if (grpc === undefined) return evidence;
  const { reason, retryAfter, requestId } = detailsOf(finding.headers?.get('grpc-status-details-bin'));
  evidence.code = grpc;
  if (reason !== undefined && CODE.test(reason)) {
    evidence.code = reason;
    evidence.subcode = grpc;
  }
  const pushback = Number(finding.headers?.get('grpc-retry-pushback-ms') ?? Number.NaN);
  const wait = retryAfter ?? (pushback >= 0 ? pushback / 1000 : undefined);
  if (wait !== undefined) evidence.retryAfter = wait;
  if (requestId !== undefined && CODE.test(requestId)) evidence.requestId ??= requestId;
  return evidence;
}

/** A call whose answer came with a good status, and whose bytes or trailers say that it failed. */
export function judgeFinding(call: Call, finding: Finding, sent: Sent, error: unknown, rpc: Rpc | undefined): Outcome {
  const more = { error, sent, ...(rpc && { rpc }) };
  if (finding.kind === 'unfinished') {
    return { kind: 'failed', layer: 'body', reason: 'http.response.unfinished', evidence: readGood(call), ...more };
  }
  const evidence = evidenceOf(call, finding);
  const grpc = finding.headers?.get('grpc-status');
  const layer =
    finding.layer ??
    (grpc === undefined
      ? layerOfAnswer(finding.status ?? call.status ?? 0, evidence, finding.provider ?? providerName(call.host))
      : layerOfGrpc(grpc));
  const where = layer ?? 'payload';
  const reason = finding.isToolError ? 'mcp.tool_error' : reasonOfAnswer(where, evidence);
  return { kind: 'failed', layer: where, reason, evidence, ...more };
}
