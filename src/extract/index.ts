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
import { readBody, remember } from './repeats.ts';
import { requestIdOf } from './request-id.ts';
import { retryAfterOf } from './retry.ts';
import { failedJson } from './success.ts';
import type { Answer, Evidence } from './types.ts';
import { failedXml } from './xml-codes.ts';

export type { Answer, Evidence, RateLimit } from './types.ts';

export const MAX_HEADERS = 128;
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
  const inBody = readBody(answer.body, answer.contentType);
  const { reading } = inBody;
  const { body } = reading;
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
  const bodyId = failed || body.kind === 'xml' ? inBody : undefined;
  const trustsEdge = listed === undefined || evidence.origin === 'provider';
  const requestId = requestIdOf(answer, names, bodyId, provider, code, trustsEdge);
  if (requestId !== undefined) evidence.requestId = requestId;
  if (failed) remember(answer.body, answer.contentType, inBody, provider, evidence);
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
