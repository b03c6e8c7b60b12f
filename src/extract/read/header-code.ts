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

/** HTTP dates as `Date.parse` reads them (RFC 9110 §5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/;

function unixSeconds(text: string): number | undefined {
  const date = /^@(\d{1,11})$/.exec(text)?.[1];
  if (date !== undefined) return Number(date);
  return HTTP_DATE.test(text) ? Date.parse(text) / 1000 : undefined;
}

/** When an endpoint was or will be given up. Unix seconds. */
export interface Lifecycle {
  readonly deprecationAt?: number;
  readonly sunsetAt?: number;
}

/** `Deprecation: @1688169599` (RFC 9745; drafts wrote a date, or `true` for some time past: 0) and `Sunset: <HTTP date>` (RFC 8594). */
export function lifecycleOf(answer: Answer, { lifecycle }: HeaderPlan): Lifecycle {
  if (lifecycle.length === 0) return {};
  const deprecated = answer.header('deprecation')?.trim() ?? '';
  const deprecationAt = deprecated === 'true' || deprecated === '?1' ? 0 : unixSeconds(deprecated);
  const sunsetAt = unixSeconds(answer.header('sunset')?.trim() ?? '');
  return {
    ...(deprecationAt === undefined ? {} : { deprecationAt }),
    ...(sunsetAt === undefined ? {} : { sunsetAt }),
  };
}

/** RFC 9209 §2.3: the error of the proxy nearest to us that tells one: `edge; error=connection_timeout; details="…"`. */
export function proxyErrorOf(answer: Answer): string | undefined {
  const text = answer.header('proxy-status');
  if (text === undefined) return undefined;
  // a quoted string may hold anything
  const unquoted = text.slice(0, 1024).replace(/\\./g, '').split('"');
  const bare = unquoted.filter((_, index) => index % 2 === 0).join('');
  return [...bare.matchAll(/;\s{0,4}error=([a-z][a-z_]{1,63})(?![\w-])/g)].at(-1)?.[1];
}
