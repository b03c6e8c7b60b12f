import { type Answer, type Evidence, extract, extractGood } from '../../src/extract/index.ts';
import { layerOfAnswer, reasonOfAnswer } from '../../src/layers/answer.ts';
import { wantsTls } from '../../src/layers/tls.ts';
import { answersMany, providerName } from '../../src/providers/index.ts';
import { redactText } from '../../src/redact/index.ts';
import type { Finding } from '../../src/stream/index.ts';
import type { Call, Sent } from '../capture/types.ts';
import type { Classification, Classify, Outcome } from './types.ts';

/** What is read in the place of an answer's own status and body, with headers that come before its own. */
interface Instead {
  readonly status?: number | undefined;
  readonly headers?: Finding['headers'] | undefined;
  readonly text?: string | undefined;
  readonly contentType?: string | undefined;
  readonly truncated?: boolean;
}

class CallAnswer implements Answer {
  readonly status: number;
  readonly host: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly truncated: boolean;
  private readonly call: Call;
  private readonly headers: Instead['headers'];

  constructor(call: Call, { status = call.status ?? 0, headers, text, contentType, truncated = false }: Instead) {
    this.call = call;
    this.status = status;
    this.host = call.host;
    this.headers = headers;
    this.truncated = truncated;
    if (text !== undefined) this.body = text;
    if (contentType !== undefined) this.contentType = contentType;
  }

  /** Few answers ask for the time. */
  get nowMs(): number {
    return Date.now();
  }
  header(name: string): string | undefined {
    return this.headers?.get(name) ?? this.call.responseHeader(name);
  }
  get isBatch(): boolean {
    const { method, path } = this.call;
    if (method === 'GET' || method === 'HEAD') return false;
    return answersMany(this.call.responseHeader('content-type'), path, this.call.requestHeader('x-amz-target'));
  }
  headerNames(): Iterable<string> {
    return this.call.responseHeaderNames();
  }
}

export const answerOf = (call: Call, instead: Instead = {}): Answer => new CallAnswer(call, instead);

/** Request ID, limits and end of life of an answer that did not fail; costs a look-up where its headers' names promise nothing. */
export const readGood = (call: Call, answer = answerOf(call)): Evidence | undefined =>
  call.status === undefined ? undefined : extractGood(answer);

const seenOf = (call: Call, body: string | undefined) => ({
  status: call.status ?? 0,
  host: call.host,
  header: (name: string) => call.responseHeader(name),
  body,
});

const CODE_MAX = 128;
const MESSAGE_MAX = 256;
/** What a hook found, within the bounds of everything else, redacted. */
function foundOf({ code, message, requestId, retryAfter }: Classification): Partial<Evidence> {
  return {
    ...(typeof code === 'string' && { code: code.slice(0, CODE_MAX) }),
    ...(typeof message === 'string' && { message: redactText(message, MESSAGE_MAX) }),
    ...(typeof requestId === 'string' && { requestId: requestId.slice(0, CODE_MAX) }),
    ...(typeof retryAfter === 'number' && retryAfter >= 0 && { retryAfter }),
  };
}

/** Layer of an answered call: by its status, and by what its headers and body say. */
export function judgeAnswer(call: Call, sent: Sent, error: unknown, classify?: Classify): Outcome {
  const body = call.body();
  const contentType = body === undefined ? undefined : call.responseHeader('content-type');
  const read: Evidence = extract(answerOf(call, { text: body, contentType, truncated: call.bodyTruncated }));
  const own = call.status === undefined ? undefined : classify?.(seenOf(call, body));
  const evidence: Evidence = own === undefined ? read : { ...read, ...foundOf(own) };
  if (call.scheme === 'http' && wantsTls(call.status, body))
    return { kind: 'failed', layer: 'endpoint', reason: 'http.scheme_mismatch', error, sent, evidence };
  const status = call.status ?? 0;
  const layer = own?.layer ?? layerOfAnswer(status, evidence, providerName(call.host));
  if (!layer) return { kind: 'ok', sent, evidence };
  return { kind: 'failed', layer, reason: reasonOfAnswer(layer, evidence), error, sent, evidence };
}
