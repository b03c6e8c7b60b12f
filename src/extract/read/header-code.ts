import { firstOf } from '../../lists.ts';
import type { Answer, Evidence } from '../base/types.ts';
import type { Body } from '../parse/body.ts';
import { codeOf } from './code-test.ts';
import type { HeaderPlan } from './header-plan.ts';
import { clockOf } from './seconds.ts';

/** RFC 6750 §3.1: `WWW-Authenticate: Bearer error="invalid_token"`. */
const CHALLENGE = /(?:^|[\s,])error="([\w.-]{1,64})"/;

/** gRPC over HTTP/2, trailers-only: the status is in the headers. 0 is OK. */
export function grpcStatus(answer: Answer): string | undefined {
  const text = answer.header('grpc-status')?.trim();
  return text !== undefined && /^\d{1,3}$/.test(text) && text !== '0' ? text : undefined;
}

/** A code in a header of its own. */
export function codeOfHeaders(answer: Answer, plan: HeaderPlan): string | undefined {
  const found = firstOf(plan.errorCodes, (name) => {
    // AWS goes on behind its code: `ResourceNotFoundException:http://…`, `a#b`
    const end = name === 'x-amzn-errortype' ? /[,:#]/ : /[,;]/;
    return codeOf(answer.header(name)?.split(end, 1)[0]?.trim(), { status: answer.status, named: true });
  });
  return found ?? grpcStatus(answer);
}

export const codeOfChallenge = (answer: Answer): string | undefined =>
  codeOf(CHALLENGE.exec(answer.header('www-authenticate')?.slice(0, 1024) ?? '')?.[1], { status: answer.status });

/** Headers that name the limit or an older code beside the main one. */
export function subcodeOfHeaders(answer: Answer): string | undefined {
  const { status } = answer;
  return firstOf(['x-amzn-query-error', 'ratelimit-reason', 'x-rate-limit-problem'], (name) =>
    codeOf(answer.header(name)?.split(';', 1)[0]?.trim(), { status }),
  );
}

const CLOUDFLARE_TEXT = /^error code: (\d{3,4})\s{0,4}$/i;
const CLOUDFLARE_HTML = /(?:Error<\/span>\s{0,8}<span[^>]{0,64}>|Error |error code: |cf-error-code">)(1\d{3})\b/i;

/** The number of an answer that Cloudflare gave in the provider's place. Pages of other gateways say no more than their status. */
function cloudflareNumber({ status }: Answer, body: Body): number | string | undefined {
  if (body.kind === 'json') {
    const code = body.reader.get('errorcode');
    const own = body.reader.get('cloudflareerror') === true || body.reader.get('rayid') !== undefined;
    return own && typeof code === 'number' && code >= 500 && code <= 1999 ? code : undefined;
  }
  const found =
    body.kind === 'text' || body.kind === 'html'
      ? (body.kind === 'text' ? CLOUDFLARE_TEXT : CLOUDFLARE_HTML).exec(body.text)?.[1]
      : undefined;
  // https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
  return found ?? (status >= 520 && status <= 530 && body.kind !== 'xml' ? status : undefined);
}

/** The code under a name of ours: `cloudflare:1020`. */
export function cloudflareCode(answer: Answer, body: Body): string | undefined {
  if (answer.header('server')?.toLowerCase() !== 'cloudflare') return undefined;
  const mitigated = answer.header('cf-mitigated');
  const known = mitigated !== undefined && /^[a-z]{2,16}$/.test(mitigated) ? mitigated : cloudflareNumber(answer, body);
  return known === undefined ? undefined : `cloudflare:${known}`;
}

/** Does a header say that an answer failed whose status says that it did not? */
export const failedByHeaders = (answer: Answer, { verdicts }: HeaderPlan): boolean =>
  verdicts.some((name) => (name === 'grpc-status' ? grpcStatus(answer) : answer.header(name)) !== undefined);

function unixSeconds(text: string): number | undefined {
  const date = /^@(\d{1,11})$/.exec(text)?.[1];
  const seconds = date === undefined ? clockOf(text, Number.NaN) / 1000 : Number(date);
  return Number.isNaN(seconds) ? undefined : seconds;
}

/** `Deprecation: @1688169599` (RFC 9745; drafts wrote a date, or `true` for some time past: 0) and `Sunset: <HTTP date>` (RFC 8594). */
export function lifecycleOf(answer: Answer, { lifecycle }: HeaderPlan): Pick<Evidence, 'deprecationAt' | 'sunsetAt'> {
  if (lifecycle.length === 0) return {};
  const deprecated = answer.header('deprecation')?.trim() ?? '';
  return {
    deprecationAt: deprecated === 'true' || deprecated === '?1' ? 0 : unixSeconds(deprecated),
    sunsetAt: unixSeconds(answer.header('sunset')?.trim() ?? ''),
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
