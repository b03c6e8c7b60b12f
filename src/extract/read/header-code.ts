import type { Answer } from '../base/types.ts';
import { codeOf } from './code-test.ts';
import type { HeaderPlan } from './header-plan.ts';

/** AWS cuts: `ResourceNotFoundException:http://…`, `a#b`, `x,y`. */
const cutType = (text: string): string => text.split(/[,:#]/, 1)[0]!.trim();

/** RFC 6750 §3.1: `WWW-Authenticate: Bearer error="invalid_token"`. */
const CHALLENGE = /(?:^|[\s,])error="([\w.-]{1,64})"/;

/** gRPC over HTTP/2, trailers-only: the status is in the headers. 0 is OK. */
export function grpcStatus(answer: Answer): string | undefined {
  const text = answer.header('grpc-status')?.trim();
  return text !== undefined && /^\d{1,3}$/.test(text) && text !== '0' ? text : undefined;
}

/** A code in a header of its own. */
export function codeOfHeaders(answer: Answer, plan: HeaderPlan): string | undefined {
  const { status } = answer;
  const aws = answer.header('x-amzn-errortype');
  if (aws !== undefined) {
    const found = codeOf(cutType(aws.slice(0, 256)), { status, named: true });
    if (found !== undefined) return found;
  }
  for (const name of plan.errorCodes) {
    const found = codeOf(answer.header(name)?.split(/[,;]/, 1)[0]?.trim(), { status, named: true });
    if (found !== undefined) return found;
  }
  return grpcStatus(answer);
}

export const codeOfChallenge = (answer: Answer): string | undefined =>
  codeOf(CHALLENGE.exec(answer.header('www-authenticate')?.slice(0, 1024) ?? '')?.[1], { status: answer.status });

/** Headers that name the limit or an older code beside the main one. */
export function subcodeOfHeaders(answer: Answer): string | undefined {
  const { status } = answer;
  const query = answer.header('x-amzn-query-error')?.split(';', 1)[0];
  for (const text of [query, answer.header('ratelimit-reason'), answer.header('x-rate-limit-problem')]) {
    const found = codeOf(text?.trim(), { status });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An exception after the 200 was sent (ClickHouse). */
const exceptionHeader = (answer: Answer, { verdicts }: HeaderPlan): boolean =>
  verdicts.some((name) => name !== 'grpc-status' && answer.header(name) !== undefined);

/** Does a header say that an answer failed whose status says that it did not? */
export const failedByHeaders = (answer: Answer, plan: HeaderPlan): boolean =>
  plan.verdicts.length > 0 && (grpcStatus(answer) !== undefined || exceptionHeader(answer, plan));
