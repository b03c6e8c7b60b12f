import { catalogueName } from '../providers/name.ts';
import { overrideOf } from '../providers/overrides.ts';
import type { Provider } from '../providers/provider.ts';
import { type Body, bodyOf } from './body.ts';
import { codeOfJson, nestedReader, subcodeOfJson } from './codes.ts';
import { clockOf } from './delay.ts';
import { cloudflareCode, originOf } from './gateway.ts';
import { codeOfChallenge, codeOfHeaders, exceptionHeader, grpcStatus, subcodeOfHeaders } from './header-codes.ts';
import { familiesOf, tightest } from './limits.ts';
import { grpcMessage, messageOfJson, shown, titleOf } from './message.ts';
import { requestIdOf } from './request-id.ts';
import { retryAfterOf } from './retry.ts';
import { failedJson } from './success.ts';
import type { Answer, Evidence } from './types.ts';
import { codeOf } from './value.ts';
import { codeOfXml, failedXml, messageOfXml, requestIdOfXml } from './xml-codes.ts';

export type { Answer, Evidence, RateLimit } from './types.ts';

export const MAX_HEADERS = 128;
/** ClickHouse and others that answer in text: `Code: 60. DB::Exception: …` at the start of a line. */
const TEXT_CODE = /(?:^|\n)Code: (\d{1,6})\./;

function failedBody(body: Body, provider: Provider | undefined): boolean {
  if (body.kind === 'json') return failedJson(body.reader, provider);
  return body.kind === 'xml' && failedXml(body.elements);
}

function codeOfBody(body: Body, status: number, provider: Provider | undefined): string | undefined {
  if (body.kind === 'json') return codeOfJson(body.reader, status, provider);
  if (body.kind === 'xml') return codeOfXml(body.elements, status);
  return body.kind === 'text' ? codeOf(TEXT_CODE.exec(body.text)?.[1], { status }) : undefined;
}

function messageOf(answer: Answer, body: Body, code: string | undefined): string | undefined {
  if (body.kind === 'json') return shown(messageOfJson(nestedReader(body.reader) ?? body.reader, code));
  if (body.kind === 'xml') return shown(messageOfXml(body.elements));
  if (body.kind === 'html') return shown(titleOf(body.text));
  const header = answer.header('x-error-message') ?? answer.header('x-ably-errormessage');
  const grpc = answer.header('grpc-message');
  return shown(grpc === undefined ? (header ?? (body.kind === 'text' ? body.text : undefined)) : grpcMessage(grpc));
}

/** The very array where there is one: what follows from the names alone is remembered by it. */
function namesOf(answer: Answer): readonly string[] {
  const all = answer.headerNames();
  if (Array.isArray(all) && all.length <= MAX_HEADERS) return all as string[];
  const names: string[] = [];
  for (const name of all) if (names.push(name) === MAX_HEADERS) break;
  return names;
}

function read(answer: Answer): Evidence {
  const names = namesOf(answer);
  const { status } = answer;
  const listed = catalogueName(answer.host);
  const provider = overrideOf(listed, names);
  const body = bodyOf(answer.body, answer.contentType);
  const isSuccess = status >= 200 && status < 300;
  const failedIn2xx =
    isSuccess && (grpcStatus(answer) !== undefined || exceptionHeader(answer, names) || failedBody(body, provider));
  const failed = status >= 400 || failedIn2xx;
  const reader = body.kind === 'json' ? body.reader : undefined;

  const evidence: Evidence = { failedIn2xx, origin: 'provider' };
  const edge = failed ? cloudflareCode(answer, body) : undefined;
  const code = failed
    ? (edge ?? codeOfHeaders(answer, names) ?? codeOfBody(body, status, provider) ?? codeOfChallenge(answer))
    : undefined;
  if (code !== undefined) evidence.code = code;
  if (code !== undefined && code === grpcStatus(answer)) evidence.grpc = true;
  if (failed) {
    evidence.origin = originOf(answer, body, edge);
    const subcode =
      subcodeOfHeaders(answer) ??
      (reader === undefined || code === undefined ? undefined : subcodeOfJson(reader, code, status, provider));
    if (subcode !== undefined && subcode !== code) evidence.subcode = subcode;
    const message = messageOf(answer, body, code);
    if (message !== undefined) evidence.message = message;
  }
  const nowMs = clockOf(answer.header('date'), answer.nowMs);
  const families = familiesOf(answer, names, nowMs);
  const limit = tightest(families);
  if (limit !== undefined) evidence.rateLimit = limit;
  if (failed || status === 202 || (status >= 300 && status < 400)) {
    const wait = retryAfterOf(answer, failed ? reader : undefined, families, nowMs, provider);
    if (wait !== undefined) evidence.retryAfter = wait;
  }
  const xml = body.kind === 'xml' ? requestIdOfXml(body.elements) : undefined;
  const requestId = requestIdOf(
    answer,
    names,
    {
      ...(failed && reader !== undefined ? { reader } : {}),
      ...(xml === undefined ? {} : { xml }),
      ...(code === undefined ? {} : { code }),
    },
    provider,
    listed === undefined || evidence.origin === 'provider',
  );
  if (requestId !== undefined) evidence.requestId = requestId;
  return evidence;
}

/**
 * What an answer says: code, request ID, delay, limits, and whether a 2xx is a failure. Looks at 16 KiB of the body and 128 headers at
 * most, takes linear time and never throws; what cannot be read is left out.
 */
export function extract(answer: Answer): Evidence {
  try {
    return read(answer);
  } catch {
    return { failedIn2xx: false, origin: 'provider' };
  }
}
