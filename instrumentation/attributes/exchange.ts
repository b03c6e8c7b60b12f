import type { Config } from '../../src/config.ts';
import { ESCALATION_HEADERS } from '../../src/contract/index.ts';
import { remembering } from '../../src/memo.ts';
import { REDACTED, redactBody, redactText, requestHeaders } from '../../src/redact/index.ts';
import { HeaderSet } from '../capture/header-set.ts';
import { isSameList } from '../capture/header-shape.ts';
import type { Call } from '../capture/types.ts';
import { Block } from '../span/block.ts';
import type { AttributeList } from '../span/list.ts';
import type { Common, RequestHeaders } from './common.ts';

/** Characters of an answer's body that are evidence enough. */
const ANSWER_MAX = 4096;
/** A request is to be repeated, so as much as is captured of it. */
const REQUEST_MAX = 16_384;

function isOf(call: Call, { names, values }: RequestHeaders): boolean {
  return (
    isSameList(names, call.requestHeaderNames()) && values.every(([name, value]) => call.requestHeader(name) === value)
  );
}

function read(call: Call): RequestHeaders {
  const names = call.requestHeaderNames();
  const values: [string, string | undefined][] = [];
  const block = new Block();
  const wanted = requestHeaders(names, (name) => {
    const value = call.requestHeader(name);
    values.push([name, value]);
    return value;
  });
  for (const [name, value] of wanted) {
    block.set(`http.request.header.${name}`, [value]);
    if (name === 'content-type' && value !== REDACTED) block.set('api.request.content_type', value.split(';', 1)[0]!);
  }
  return { names, values, block };
}

const ESCALATED = new HeaderSet(ESCALATION_HEADERS);
/** Most say the same again and again. */
const shown = remembering((value) => redactText(value, 128), 256);

function addAnswerHeaders(a: AttributeList, call: Call): void {
  for (const name of ESCALATED.in(call.responseHeaderNames())) {
    const value = call.responseHeader(name);
    if (value !== undefined) a.set(`http.response.header.${name}`, [shown(value)]);
  }
}

/** What a copy of the failing call needs, and, if switched on, what came back. The failures of one URL send the same headers, as a rule. */
export function addExchange(a: AttributeList, call: Call, config: Config, common: Common): void {
  if (common.sent === undefined || !isOf(call, common.sent)) common.sent = read(call);
  a.share(common.sent.block);
  addAnswerHeaders(a, call);
  if (!config.captureBodies) return;
  const body = call.body();
  if (body) a.set('http.response.body.content', redactBody(body, 'response').slice(0, ANSWER_MAX));
  const request = call.requestBody();
  if (!request) return;
  const text = redactBody(request.text, 'request');
  a.set('http.request.body.content', text.slice(0, REQUEST_MAX));
  if (request.truncated || text.length > REQUEST_MAX) a.set('api.request.body_truncated', true);
}
