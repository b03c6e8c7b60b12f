import { catalogueName } from '../../providers/name.ts';
import { overrideOf } from '../../providers/tables.ts';
import type { Answer, Evidence } from '../base/types.ts';
import { path } from '../parse/json-fields.ts';
import {
  cloudflareCode,
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
import { failedJson, statusInside } from './failed-success.ts';
import { limitKindOf } from './limit-kind.ts';

function messageOf(answer: Answer, { body }: BodyFacts, message: string | undefined): string | undefined {
  if (body.kind !== 'text' && body.kind !== 'none') return shown(message);
  const header = answer.header('x-error-message') ?? answer.header('x-ably-errormessage');
  const grpc = answer.header('grpc-message');
  return shown(grpc === undefined ? (header ?? (body.kind === 'text' ? body.text : undefined)) : grpcMessage(grpc));
}

/** `GenerateRequestsPerDayPerProject`: google.rpc.QuotaFailure names the quota and not its period elsewhere. */
const QUOTA = path('error.details.violations.quotaid|quotametric');

function limitOf(evidence: Evidence, status: number, { body }: BodyFacts, families: readonly Family[]) {
  const quota = body.kind === 'json' ? body.reader.first(QUOTA, (id) => (typeof id === 'string' ? id : undefined)) : '';
  const spent = families.filter(({ remaining }) => remaining === 0).map(({ name }) => name);
  return limitKindOf(status, [evidence.code, evidence.subcode, quota, ...spent], evidence.message);
}

/** RFC 4918 §11.1. */
const MULTI_STATUS = 207;

/** Whether an answer failed, whose it is, and what it says, but for its request ID. `trustsEdge`: that of a CDN will do. */
export function classifyAnswer(answer: Answer, plan: HeaderPlan, facts: BodyFacts) {
  const { status } = answer;
  const { body } = facts;
  const listed = catalogueName(answer.host);
  const provider = overrideOf(listed, plan.names);
  const isSuccess = status >= 200 && status < 300;
  const batch = isSuccess ? facts.batch(answer.isBatch === true || status === MULTI_STATUS) : undefined;
  const failedIn2xx =
    isSuccess &&
    (batch !== undefined ||
      failedByHeaders(answer, plan) ||
      (body.kind === 'json' && failedJson(body.reader, provider)) ||
      (body.kind === 'xml' && failedXml(body.elements)));
  const failed = status >= 400 || failedIn2xx;
  const nowMs = clockOf(answer.header('date'), answer.nowMs);
  const families = familiesOf(answer, plan, nowMs);
  const evidence: Evidence = { failedIn2xx, rateLimit: tightest(families), ...lifecycleOf(answer, plan) };
  if (failed || status === 202 || (status >= 300 && status < 400)) {
    const reader = failed && body.kind === 'json' ? body.reader : undefined;
    evidence.retryAfter = retryAfterOf(answer, reader, families, nowMs, provider);
  }
  let edge: string | undefined;
  if (failed) {
    // of many requests in one, the worst part speaks
    const part = batch?.part ?? facts;
    const partStatus = batch?.status ?? status;
    evidence.status =
      batch?.status ?? (failedIn2xx && !batch && body.kind === 'json' ? statusInside(body.reader) : undefined);
    edge = cloudflareCode(answer, part.body);
    const said = part.said(partStatus, provider, edge ?? codeOfHeaders(answer, plan));
    const code = said.code ?? codeOfChallenge(answer);
    const subcode = subcodeOfHeaders(answer) ?? said.subcode;
    evidence.code = code;
    evidence.subcode = subcode === code ? undefined : subcode;
    evidence.message = messageOf(answer, part, said.message);
    evidence.grpc = batch?.grpc ?? (code !== undefined && code === grpcStatus(answer) ? true : undefined);
    evidence.batch = batch && { failed: batch.failed, total: answer.truncated ? undefined : batch.total };
    // GitHub, and whoever else has no code for it: what may be asked for again later is a limit
    const isLimit = status === 403 && code === undefined && evidence.retryAfter !== undefined;
    evidence.limitKind = limitOf(evidence, isLimit ? 429 : partStatus, part, families);
    evidence.proxyError = proxyErrorOf(answer);
  }
  return { evidence, failed, provider, trustsEdge: listed === undefined || edge === undefined };
}
