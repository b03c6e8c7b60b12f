import { catalogueName } from '../providers/name.ts';
import { overrideOf } from '../providers/overrides.ts';
import type { Provider } from '../providers/provider.ts';
import type { Body } from './body.ts';
import { clockOf } from './delay.ts';
import { cloudflareCode, originOf } from './gateway.ts';
import { codeOfChallenge, codeOfHeaders, exceptionHeader, grpcStatus, subcodeOfHeaders } from './header-codes.ts';
import { familiesOf, tightest } from './limits.ts';
import { grpcMessage, shown } from './message.ts';
import type { Reading } from './reading.ts';
import { retryAfterOf } from './retry.ts';
import { failedJson } from './success.ts';
import type { Answer, Evidence } from './types.ts';
import { failedXml } from './xml-codes.ts';

/** What an answer says, but for its request ID. */
export interface Said {
  readonly evidence: Readonly<Evidence>;
  readonly failed: boolean;
  readonly provider: Provider | undefined;
  /** Whether the request ID of a CDN will do. */
  readonly trustsEdge: boolean;
}

function failedBody(body: Body, provider: Provider | undefined): boolean {
  if (body.kind === 'json') return failedJson(body.reader, provider);
  return body.kind === 'xml' && failedXml(body.elements);
}

function messageOf(answer: Answer, { body, message }: Reading, code: string | undefined): string | undefined {
  if (body.kind !== 'text' && body.kind !== 'none') return shown(message(code));
  const header = answer.header('x-error-message') ?? answer.header('x-ably-errormessage');
  const grpc = answer.header('grpc-message');
  return shown(grpc === undefined ? (header ?? (body.kind === 'text' ? body.text : undefined)) : grpcMessage(grpc));
}

export function saidOf(answer: Answer, names: readonly string[], reading: Reading): Said {
  const { status } = answer;
  const { body } = reading;
  const listed = catalogueName(answer.host);
  const provider = overrideOf(listed, names);
  const isSuccess = status >= 200 && status < 300;
  const failedIn2xx =
    isSuccess && (grpcStatus(answer) !== undefined || exceptionHeader(answer, names) || failedBody(body, provider));
  const failed = status >= 400 || failedIn2xx;

  const evidence: Evidence = { failedIn2xx, origin: 'provider' };
  const edge = failed ? cloudflareCode(answer, body) : undefined;
  const code = failed
    ? (edge ?? codeOfHeaders(answer, names) ?? reading.code(status, provider) ?? codeOfChallenge(answer))
    : undefined;
  if (code !== undefined) evidence.code = code;
  if (code !== undefined && code === grpcStatus(answer)) evidence.grpc = true;
  if (failed) {
    evidence.origin = originOf(answer, body, edge);
    const subcode =
      subcodeOfHeaders(answer) ?? (code === undefined ? undefined : reading.subcode(code, status, provider));
    if (subcode !== undefined && subcode !== code) evidence.subcode = subcode;
    const message = messageOf(answer, reading, code);
    if (message !== undefined) evidence.message = message;
  }
  const nowMs = clockOf(answer.header('date'), answer.nowMs);
  const families = familiesOf(answer, names, nowMs);
  const limit = tightest(families);
  if (limit !== undefined) evidence.rateLimit = limit;
  if (failed || status === 202 || (status >= 300 && status < 400)) {
    const reader = failed && body.kind === 'json' ? body.reader : undefined;
    const wait = retryAfterOf(answer, reader, families, nowMs, provider);
    if (wait !== undefined) evidence.retryAfter = wait;
  }
  return { evidence, failed, provider, trustsEdge: listed === undefined || evidence.origin === 'provider' };
}
