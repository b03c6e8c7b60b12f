import type { Config } from '../../src/config.ts';
import { redactBody } from '../../src/evidence/body.ts';
import { REDACTED, requestHeaders } from '../../src/redact/index.ts';
import type { Call } from '../capture/types.ts';
import type { CallAttributes } from './index.ts';

/** Characters of a body that are evidence enough; the redactor sees no more either. */
const BODY_MAX = 4096;

/** What a copy of the failing call needs, and, if switched on, what came back. */
export function addExchange(a: CallAttributes, call: Call, config: Config): void {
  const headers = requestHeaders(call.requestHeaderNames(), (name) => call.requestHeader(name));
  for (const [name, value] of headers) {
    a[`http.request.header.${name}`] = [value];
    if (name === 'content-type' && value !== REDACTED) a['api.request.content_type'] = value.split(';', 1)[0]!;
  }
  if (!config.captureBodies) return;
  const body = call.body();
  if (body) a['http.response.body.content'] = redactBody(body, 'response').slice(0, BODY_MAX);
}
