import { type Evidence, extract } from '../../src/extract/index.ts';
import { isSecret } from '../../src/extract/read/code-test.ts';
import { idOf } from '../../src/extract/read/request-id.ts';
import { layerOfAnswer, reasonOfAnswer } from '../../src/layers/answer.ts';
import { layerOfGrpc } from '../../src/layers/grpc.ts';
import { providerName } from '../../src/providers/index.ts';
import { detailsOf } from '../../src/stream/details.ts';
import { errorOf, type Finding } from '../../src/stream/index.ts';
import type { Call, Sent } from '../capture/types.ts';
import { answerOf, readGood } from './answer.ts';
import type { Rpc } from './rpc.ts';
import type { Outcome } from './types.ts';

/** A failing event is read as a failing answer; so is one that names no status of its own. */
const FAILED = 500;
const isCode = (text = ''): text is string => /^[\w.-]{1,128}$/.test(text) && !isSecret(text);

function evidenceOf(call: Call, finding: Finding): Evidence {
  const read = extract(answerOf(call, { ...finding, status: finding.status ?? FAILED }));
  const evidence: Evidence = { ...read, failedIn2xx: true };
  if (isCode(finding.code)) evidence.code = finding.code;
  const grpc = finding.headers?.get('grpc-status');
  if (grpc === undefined) return evidence;
  const { reason, retryAfter, requestId } = detailsOf(finding.headers?.get('grpc-status-details-bin'));
  if (isCode(grpc)) evidence.code = grpc;
  if (isCode(reason)) {
    evidence.code = reason;
    evidence.subcode = grpc;
  }
  const pushback = Number(finding.headers?.get('grpc-retry-pushback-ms') ?? Number.NaN);
  const wait = retryAfter ?? (pushback >= 0 ? pushback / 1000 : undefined);
  if (wait !== undefined) evidence.retryAfter = wait;
  const id = idOf(requestId);
  if (id !== undefined) evidence.requestId ??= id;
  return evidence;
}

/** A trailer whose name alone says that it tells of a failure: Kubo's `X-Stream-Error`. */
const TELLS = /(?:^|-)(?:error|exception)(?:-(code|message))?$/;
const PLAIN = { contentType: 'text/plain' } as const;
const NONE = /^(?:|0|false|none|null|ok)$/i;

/** What stands behind an answer that failed once it had begun. */
export function trailerFinding({ trailers }: Call): Finding | undefined {
  for (const name of trailers?.names() ?? []) {
    const part = TELLS.exec(name);
    const text = trailers!.first(name)?.trim() ?? '';
    if (part !== null && !NONE.test(text))
      return errorOf(text, { ...(!text.startsWith('{') && PLAIN), ...(part[1] === 'code' && { code: text }) });
  }
  return undefined;
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
