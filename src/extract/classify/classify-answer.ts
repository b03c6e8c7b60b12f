import { catalogueName } from '../../providers/name.ts';
import { overrideOf } from '../../providers/overrides.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Answer, Evidence } from '../base/types.ts';
import type { Body } from '../parse/body.ts';
import { codeOfChallenge, codeOfHeaders, failedByHeaders, grpcStatus, subcodeOfHeaders } from '../read/header-code.ts';
import type { HeaderPlan } from '../read/header-plan.ts';
import { grpcMessage, shown } from '../read/message.ts';
import { familiesOf, tightest } from '../read/rate-limits.ts';
import { retryAfterOf } from '../read/retry-after.ts';
import { clockOf } from '../read/seconds.ts';
import { failedXml } from '../read/xml-code.ts';
import type { BodyFacts } from './body-facts.ts';
import { failedJson } from './failed-success.ts';
import { cloudflareCode, originOf } from './origin.ts';
import type { Classified } from './types.ts';

function failedBody(body: Body, provider: Provider | undefined): boolean {
  if (body.kind === 'json') return failedJson(body.reader, provider);
  return body.kind === 'xml' && failedXml(body.elements);
}

function messageOf(answer: Answer, { body, message }: BodyFacts, code: string | undefined): string | undefined {
  if (body.kind !== 'text' && body.kind !== 'none') return shown(message(code));
  const header = answer.header('x-error-message') ?? answer.header('x-ably-errormessage');
  const grpc = answer.header('grpc-message');
  return shown(grpc === undefined ? (header ?? (body.kind === 'text' ? body.text : undefined)) : grpcMessage(grpc));
}

/** Whether an answer failed, whose it is, and what it says, but for its request ID. */
export function classifyAnswer(answer: Answer, plan: HeaderPlan, facts: BodyFacts): Classified {
  const { status } = answer;
  const { body } = facts;
  const listed = catalogueName(answer.host);
  const provider = overrideOf(listed, plan.names);
  const isSuccess = status >= 200 && status < 300;
  const failedIn2xx = isSuccess && (failedByHeaders(answer, plan) || failedBody(body, provider));
  const failed = status >= 400 || failedIn2xx;

  const evidence: Evidence = { failedIn2xx, origin: 'provider' };
  const edge = failed ? cloudflareCode(answer, body) : undefined;
  const code = failed
    ? (edge ?? codeOfHeaders(answer, plan) ?? facts.code(status, provider) ?? codeOfChallenge(answer))
    : undefined;
  if (code !== undefined) evidence.code = code;
  if (code !== undefined && code === grpcStatus(answer)) evidence.grpc = true;
  if (failed) {
    evidence.origin = originOf(answer, body, edge);
    const subcode =
      subcodeOfHeaders(answer) ?? (code === undefined ? undefined : facts.subcode(code, status, provider));
    if (subcode !== undefined && subcode !== code) evidence.subcode = subcode;
    const message = messageOf(answer, facts, code);
    if (message !== undefined) evidence.message = message;
  }
  const nowMs = clockOf(answer.header('date'), answer.nowMs);
  const families = familiesOf(answer, plan, nowMs);
  const limit = tightest(families);
  if (limit !== undefined) evidence.rateLimit = limit;
  if (failed || status === 202 || (status >= 300 && status < 400)) {
    const reader = failed && body.kind === 'json' ? body.reader : undefined;
    const wait = retryAfterOf(answer, reader, families, nowMs, provider);
    if (wait !== undefined) evidence.retryAfter = wait;
  }
  return { evidence, failed, provider, trustsEdge: listed === undefined || evidence.origin === 'provider' };
}
