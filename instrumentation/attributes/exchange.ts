import type { Config } from '../../src/config.ts';
import { redactBody } from '../../src/evidence/body.ts';
import { REDACTED, requestHeaders } from '../../src/redact/index.ts';
import type { Call } from '../capture/types.ts';
import type { AttributeList } from './list.ts';

/** Characters of an answer's body that are evidence enough. */
const ANSWER_MAX = 4096;
/** A request is to be repeated, so as much as is captured of it. */
const REQUEST_MAX = 16_384;

/** What a copy of the failing call needs, and, if switched on, what came back. */
export function addExchange(a: AttributeList, call: Call, config: Config): void {
  const headers = requestHeaders(call.requestHeaderNames(), (name) => call.requestHeader(name));
  for (const [name, value] of headers) {
    a.set(`http.request.header.${name}`, [value]);
    if (name === 'content-type' && value !== REDACTED) a.set('api.request.content_type', value.split(';', 1)[0]!);
  }
  if (!config.captureBodies) return;
  const body = call.body();
  if (body) a.set('http.response.body.content', redactBody(body, 'response').slice(0, ANSWER_MAX));
  const request = call.requestBody();
  if (!request) return;
  const text = redactBody(request.text, 'request');
  a.set('http.request.body.content', text.slice(0, REQUEST_MAX));
  if (request.truncated || text.length > REQUEST_MAX) a.set('api.request.body_truncated', true);
}
