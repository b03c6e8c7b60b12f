import { catalogueName } from '../../providers/name.ts';
import { overrideOf, type Provider } from '../../providers/tables.ts';
import type { Answer, Evidence } from '../base/types.ts';
import type { Body } from '../parse/body.ts';
import { path } from '../parse/json-fields.ts';
import {
  codeOfChallenge,
  codeOfHeaders,
  failedByHeaders,
  grpcStatus,
  lifecycleOf,
  proxyErrorOf,
  subcodeOfHeaders,
} from '../read/header-code.ts';
import type { HeaderPlan } from '../read/header-plan.ts';
import { grpcMessage, shown } from '../read/message.ts';
import { type Family, familiesOf, tightest } from '../read/rate-limits.ts';
import { retryAfterOf } from '../read/retry-after.ts';
import { clockOf } from '../read/seconds.ts';
import { failedXml } from '../read/xml-code.ts';
import type { BodyFacts } from './body-facts.ts';
import { failedJson } from './failed-success.ts';
import { limitKindOf } from './limit-kind.ts';
import { cloudflareCode, originOf } from './origin.ts';

/** An answer's evidence but for its request ID, and what the search for that one needs. */
interface Classified {
  readonly evidence: Evidence;
  readonly failed: boolean;
  readonly provider: Provider | undefined;
  /** Whether the request ID of a CDN will do. */
  readonly trustsEdge: boolean;
}

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

/** `GenerateRequestsPerDayPerProject`: google.rpc.QuotaFailure names the quota and not its period elsewhere. */
const QUOTA = path('error.details.violations.quotaid|quotametric');

/** What an answer that failed says of the failure. `facts` are those of its worst part if it answers many requests. */
function explain(answer: Answer, plan: HeaderPlan, facts: BodyFacts, status: number, provider: Provider | undefined) {
  const { body } = facts;
  const edge = cloudflareCode(answer, body);
  const code = edge ?? codeOfHeaders(answer, plan) ?? facts.code(status, provider) ?? codeOfChallenge(answer);
  const subcode = subcodeOfHeaders(answer) ?? (code === undefined ? undefined : facts.subcode(code, status, provider));
  const message = messageOf(answer, facts, code);
  return {
    origin: originOf(answer, body, edge),
    ...(code === undefined ? {} : { code }),
    ...(code !== undefined && code === grpcStatus(answer) ? { grpc: true as const } : {}),
    ...(subcode === undefined || subcode === code ? {} : { subcode }),
    ...(message === undefined ? {} : { message }),
  };
}

function limitOf(status: number, evidence: Evidence, { body }: BodyFacts, families: readonly Family[]) {
  const quota = body.kind === 'json' ? body.reader.first(QUOTA, (id) => (typeof id === 'string' ? id : undefined)) : '';
  const spent = families.filter(({ remaining }) => remaining === 0).map(({ name }) => name);
  return limitKindOf({
    status: evidence.batch?.status ?? status,
    codes: [evidence.code, evidence.subcode, quota, ...spent],
    message: evidence.message,
  });
}

/** Whether an answer failed, whose it is, and what it says, but for its request ID. */
export function classifyAnswer(answer: Answer, plan: HeaderPlan, facts: BodyFacts): Classified {
  const { status } = answer;
  const { body } = facts;
  const listed = catalogueName(answer.host);
  const provider = overrideOf(listed, plan.names);
  const isSuccess = status >= 200 && status < 300;
  const batch = isSuccess ? facts.batch(status) : undefined;
  const failedIn2xx = isSuccess && (batch !== undefined || failedByHeaders(answer, plan) || failedBody(body, provider));
  const failed = status >= 400 || failedIn2xx;

  const evidence: Evidence = { failedIn2xx, origin: 'provider' };
  const nowMs = clockOf(answer.header('date'), answer.nowMs);
  const families = familiesOf(answer, plan, nowMs);
  if (failed) {
    Object.assign(evidence, explain(answer, plan, batch?.part ?? facts, batch?.status ?? status, provider));
    if (batch !== undefined) {
      const { failed: parts, total, status: partStatus } = batch;
      evidence.batch = { failed: parts };
      if (total !== undefined && answer.truncated !== true) evidence.batch.total = total;
      if (partStatus !== undefined) evidence.batch.status = partStatus;
      if (batch.grpc) evidence.grpc = true;
    }
    const kind = limitOf(status, evidence, batch?.part ?? facts, families);
    if (kind !== undefined) evidence.limitKind = kind;
  }
  const limit = tightest(families);
  if (limit !== undefined) evidence.rateLimit = limit;
  Object.assign(evidence, lifecycleOf(answer, plan));
  const proxyError = failed ? proxyErrorOf(answer) : undefined;
  if (proxyError !== undefined) evidence.proxyError = proxyError;
  if (failed || status === 202 || (status >= 300 && status < 400)) {
    const reader = failed && body.kind === 'json' ? body.reader : undefined;
    const wait = retryAfterOf(answer, reader, families, nowMs, provider);
    if (wait !== undefined) evidence.retryAfter = wait;
  }
  return { evidence, failed, provider, trustsEdge: listed === undefined || evidence.origin === 'provider' };
}
