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

type Answered = Pick<TrackedCall, 'status' | 'host' | 'responseHeader' | 'responseHeaderNames'>;

/** The answer's headers, and its body where it was kept. */
class CallAnswer implements Answer {
  readonly status: number;
  readonly host: string;
  readonly nowMs = Date.now();
  readonly body?: string;
  readonly contentType?: string;
  readonly truncated: boolean;
  private readonly call: Answered;

  constructor(call: Answered, body: string | undefined, truncated: boolean) {
    this.call = call;
    this.status = call.status ?? 0;
    this.host = call.host;
    this.truncated = truncated;
    if (body === undefined) return;
    this.body = body;
    const contentType = call.responseHeader('content-type');
    if (contentType !== undefined) this.contentType = contentType;
  }

  header(name: string): string | undefined {
    return this.call.responseHeader(name);
  }
  headerNames(): Iterable<string> {
    return this.call.responseHeaderNames();
  }
}

export const answerOf = (call: Answered, body?: string, truncated = false): Answer =>
  new CallAnswer(call, body, truncated);

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
