import type { LayerName, Reason } from '../../src/contract/index.ts';
import { type Answer, type Evidence, extract } from '../../src/extract/index.ts';
import { layerOfAnswer } from '../../src/layers/answer.ts';
import { providerName } from '../../src/providers/index.ts';
import type { TrackedCall } from './call.ts';

export interface Judgement {
  readonly layer: LayerName | undefined;
  readonly reason: Reason;
  readonly evidence: Evidence;
}

/** The answer's headers, and its body where it was kept. */
export function answerOf(
  call: Pick<TrackedCall, 'status' | 'host' | 'responseHeader' | 'responseHeaderNames'>,
  body?: string,
  truncated = false,
): Answer {
  const contentType = body === undefined ? undefined : call.responseHeader('content-type');
  return {
    status: call.status ?? 0,
    host: call.host,
    header: (name) => call.responseHeader(name),
    headerNames: () => call.responseHeaderNames(),
    ...(body !== undefined && { body }),
    ...(contentType !== undefined && { contentType }),
    truncated,
    nowMs: Date.now(),
  };
}

/** Layer of an answered call: by its status, and by what its headers and body say. */
export function judgeAnswer(call: TrackedCall): Judgement {
  const body = call.body();
  const evidence = extract(answerOf(call, body, call.bodyTruncated));
  const status = call.status ?? 0;
  return {
    layer: layerOfAnswer(status, evidence, providerName(call.host)),
    reason: status >= 400 ? 'http.error' : 'http.error_in_success',
    evidence,
  };
}
