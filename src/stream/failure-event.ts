import { parseJson } from '../extract/parse/body.ts';
import { isObject } from '../extract/parse/json-fields.ts';
import { firstOf } from '../lists.ts';
import { CutText } from '../tolerant-json.ts';
import { errorOf, type Finding, type StreamReader } from './types.ts';

type Fields = Readonly<Record<string, unknown>>;
const fieldsIn = (value: unknown): Fields => (isObject(value) ? (value as Fields) : {});

interface Verdict {
  readonly finding: Finding;
  /** Whatever comes behind it. */
  readonly isSure: boolean;
}

/** Names that stand beside a text called `error` when the whole line is about that error, and not a record that has one. */
const BESIDE = new Set(
  'error code message msg type status status_code statuscode request_id requestid detail details error_code error_type error_description errordetail done timestamp retry_after model created_at path reason sid id errors success result messages trace'.split(
    ' ',
  ),
);
const isBare = (object: Fields): boolean => Object.keys(object).every((key) => BESIDE.has(key.toLowerCase()));
/** Words for statuses that are an event's own matter: a watch that is to begin anew. */
const isExpiredWatch = (object: Fields): boolean => object['code'] === 410 || object['reason'] === 'Expired';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : value instanceof CutText ? value.text : undefined;

/** A number that is an HTTP status of a failure. */
function statusIn(about: unknown): { status?: number } {
  const { code, status, status_code, statusCode, http_code, httpCode } = fieldsIn(about);
  const said = [code, status, status_code, statusCode, http_code, httpCode];
  const found = said.find((one) => /^[45]\d\d$/.test(String(one)));
  return found === undefined ? {} : { status: Number(found) };
}

function verdictOf(document: unknown, about: unknown, isSure: boolean, more: Partial<Finding> = {}): Verdict {
  const text = JSON.stringify(document, (_, value: unknown) => (value instanceof CutText ? value.text : value));
  return { finding: errorOf(text, { ...statusIn(document), ...statusIn(about), ...more }), isSure };
}

const SPEAKS = ['message', 'code', 'type', 'status', 'msg', 'reason', 'detail', 'description', 'errors'];
const isErrorObject = (value: unknown): value is Fields =>
  isObject(value) && SPEAKS.some((name) => (value as Fields)[name] !== undefined && (value as Fields)[name] !== null);

/** Does a JSON-RPC 2.0 message say failed? Of MCP that may be a tool's own failure. */
function toldByRpc(message: Fields): Verdict | undefined {
  const { error, result } = message;
  if (isErrorObject(error)) {
    const { code } = error;
    return verdictOf(message, undefined, true, {
      isJsonRpc: true,
      ...(typeof code === 'number' && Number.isSafeInteger(code) && code !== 200 && { code: String(code) }),
    });
  }
  const { isError, content } = fieldsIn(result);
  if (isError !== true) return undefined;
  const words = textOf(fieldsIn(Array.isArray(content) ? content[0] : undefined)['text']);
  const more = { layer: 'payload', isJsonRpc: true, isToolError: true } as const;
  return verdictOf({ error: { message: words ?? 'tool failed' } }, undefined, true, more);
}
const isRpc = (value: unknown): boolean => fieldsIn(value)['jsonrpc'] === '2.0';

/** What has failed as a whole, not a step or a tool of it. */
const FAILED_WHOLE =
  /^(?:(?:[a-z]+\.)?(?:response|chat|conversation|workflow|completion|generation|session|stream|channel|copilot)|(?:thread\.)?run)[._-](?:errors?|failed|expired)$/;
/** Names of events that alone say that the answer failed: `error`, `response.failed`, `RUN_ERROR`, `channelError`. */
const isFailure = (name: string): boolean =>
  /^error(?:_message)?$/.test(name) || FAILED_WHOLE.test(name.replace(/([a-z])([A-Z])/g, '$1.$2').toLowerCase());
/** google.rpc.Status as JSON, with which gateways of gRPC end a stream. */
function statusOf({ code, details, grpc_code, grpcCode }: Fields): Partial<Finding> {
  const status = String(grpc_code ?? grpcCode ?? (Array.isArray(details) ? code : undefined));
  return /^(?:[1-9]|1[0-6])$/.test(status) ? { headers: new Map([['grpc-status', status]]) } : {};
}

const lastOf = (value: unknown): Fields => fieldsIn(Array.isArray(value) ? value.at(-1) : value);

/** A code beside its words, where 0 is good. */
function toldByCode(value: unknown): Verdict | undefined {
  const fields = fieldsIn(value);
  const code = fields['status_code'] ?? fields['code'] ?? fields['Code'];
  const message = textOf(fields['status_msg'] ?? fields['message'] ?? fields['msg'] ?? fields['Msg']);
  const isBad = /^-?\d{1,9}$/.test(String(code)) && !/^(?:0|2\d\d)$/.test(String(code)) && message;
  return isBad ? verdictOf({ error: { code, message } }, undefined, false) : undefined;
}

/** The words of a row that has nothing else: Kubo's rows leave the rest empty. */
function onlyError({ Err, Error: words = Err, ...rest }: Fields): string | undefined {
  const others = Object.entries(rest).filter(([name]) => name !== 'Err');
  return others.length > 0 && others.every(([, value]) => !value) ? textOf(words) : undefined;
}

/** Reasons for which no good answer is finished: `error`, Zhipu's `network_error`, DeepSeek's lack of machines. */
const FAILED_REASON = /^(?:(?:[a-z]+_)?error|insufficient_system_resource)$/i;

/**
 * What only the last events of a stream can mean: in the middle the same fields may be data.
 * @param start of the stream; events that have codes from the first on have them for other ends
 */
function toldAtEnd(object: Fields, isEvents: boolean, start: string): Verdict | undefined {
  const { errors, delta, choices, results, data, messages, output, success } = object;
  for (const part of [object, fieldsIn(delta), lastOf(choices)]) {
    const reason = String(part['finish_reason'] ?? part['finishReason']);
    if (!FAILED_REASON.test(reason)) continue;
    const error = textOf(part['error']) ?? 'the finish reason is error';
    const layer = /^i/.test(reason) ? 'throttling' : 'service';
    return verdictOf({ error }, undefined, false, /^error$/i.test(reason) ? {} : { code: reason, layer });
  }
  if (Array.isArray(errors) && isErrorObject(errors[0]) && isBare(object)) return verdictOf(object, errors[0], false);
  const { status, error } = fieldsIn(data);
  const { type, text } = lastOf(messages);
  const row = success === false ? fieldsIn(output) : lastOf(results);
  const failed =
    textOf(row['error']) ?? onlyError(object) ?? ((status === 'failed' && error) || (type === 'FATAL' && text));
  if (failed) return verdictOf({ error: failed }, undefined, false);
  if (!isEvents) return undefined;
  const { base_resp, ErrorMsg, header } = object;
  const told = firstOf([base_resp, ErrorMsg, header], toldByCode);
  const isCode = /"code": ?0\b/.test(start) || (isBare(object) && !/"code": ?"?[1-9]/.test(start));
  return told ?? (isCode ? toldByCode(object) : undefined);
}

function toldByObject(object: Fields, event: string, isEvents: boolean): Verdict | undefined {
  if (isRpc(object)) return toldByRpc(object);
  const { error, type: name = object['message_type'] ?? object['Type'] } = object;
  // Dify names its events in the document, ksqlDB its rows
  const type = textOf(name ?? object['event'] ?? object['@type']) ?? '';
  if (object['@type'] === type && type.endsWith('_error')) return verdictOf(object, undefined, true);
  if (object['object'] === 'error' || (type === 'error' && !isEvents && !isRecord(object)))
    return verdictOf(object, isObject(error) ? error : object, false);
  if (isEvents && (isFailure(event) || isFailure(type))) {
    const cause = fieldsIn(object['response'])['error'] ?? object['last_error'];
    if (isObject(cause)) return verdictOf({ error: cause }, cause, true);
    // the event's name is no code
    return verdictOf({ ...object, type: isFailure(type) ? undefined : type }, isObject(error) ? error : object, true);
  }
  const { object: status, errorDetail: detail } = object;
  if (type === 'ERROR' && isObject(status))
    return isExpiredWatch(status as Fields) ? undefined : verdictOf(status, status, true);
  if (isObject(detail)) return verdictOf({ error: detail }, detail, false);
  if (isErrorObject(error)) {
    const isRow = isRecord(object) || !(isEvents || isBare(object));
    return isRow ? undefined : verdictOf(object, error, false, statusOf(error));
  }
  const graphql = toldByGraphql(object, event);
  if (graphql !== undefined) return graphql;
  const { error_code: code, error_msg: words } = object;
  if (isEvents && code !== 0 && code !== '' && code !== undefined && textOf(words))
    return verdictOf(object, object, false);
  if (textOf(error) && isEvents && type === 'abort') return verdictOf({ error }, object, false);
  return textOf(error) && isBare(object) ? verdictOf(object, object, false) : undefined;
}

/** Errors beside data, in an event, in a part of a subscription (`payload`) or of what was deferred. */
function toldByGraphql(object: Fields, event: string): Verdict | undefined {
  const { payload, incremental, hasNext } = object;
  const isPart = payload !== undefined && Object.keys(object).every((key) => key === 'payload' || key === 'errors');
  const deferred = typeof hasNext === 'boolean' && Array.isArray(incremental) ? incremental : [];
  for (const one of [object, isPart ? payload : undefined, ...deferred]) {
    const { errors, data } = fieldsIn(one);
    if (Array.isArray(errors) && isErrorObject(errors[0]) && (data !== undefined || isPart || event === 'next'))
      return verdictOf({ errors }, undefined, data === undefined || one !== object);
  }
  return undefined;
}

/** A row of a result that has an error of its own, or a line of a log. */
const isRecord = (object: Fields): boolean =>
  'custom_id' in object || 'level' in object || 'severity' in object || 'logger' in object;

const AUTH = { layer: 'auth' } as const;
const FIELD = /^(event|data|error): ?(.*)$/;

/** An error that a server has written into the middle of a row: no value of JSON begins behind a letter or a quote. */
const IN_ROW = /[\w"](\{"error":.*)$/;

/**
 * Does this event, or this line of JSON, say that the call failed?
 * @param start the stream's first bytes, if this is one of its last events
 */
export function told(text: string, isEvents: boolean, start?: string): Verdict | undefined {
  let event = '';
  let data = '';
  if (isEvents) {
    for (const line of text.split(/\r?\n/)) {
      const [, field, value = ''] = FIELD.exec(line) ?? [];
      if (field === 'event') event = value.trim();
      else if (field !== undefined) data += data === '' ? value : `\n${value}`;
      // llama.cpp has a field for it
      if (field === 'error') event = field;
    }
  } else data = IN_ROW.exec(text)?.[1] ?? text.replace(/^[\s\u001e]+/, '');
  // Gemini sends its errors as the one element of a list
  if (data.startsWith('{') || (isEvents && (isFailure(event) ? /^\[\{/ : /^\[\s{0,8}\{\s{0,8}"error"/).test(data))) {
    const parsed = parseJson(data.trim());
    const object: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
    if (!isObject(object)) return undefined;
    const verdict = toldByObject(object as Fields, event, isEvents);
    return verdict ?? (start === undefined ? undefined : toldAtEnd(object as Fields, isEvents, start));
  }
  // Firebase: the caller may no longer read what it listens to
  const isDenied = event === 'auth_revoked' || (event === 'cancel' && data === 'null');
  // Drone calls the end of a log so
  if (!(isDenied || isFailure(event)) || data === '' || data === 'eof') return undefined;
  return { finding: { kind: 'error', text: data, contentType: 'text/plain', ...(isDenied && AUTH) }, isSure: true };
}

/** So many bytes decide whether a document is a JSON-RPC 2.0 answer. */
const DECIDE = 64;
const KEPT = 16 * 1024;
/** `"jsonrpc"` in its usual place, or the error in front of it where keys are sorted. */
const RPC = /"jsonrpc" ?: ?"2\.0"|^\s{0,8}\[?\s{0,8}\{\s{0,8}"error" ?: ?\{\s{0,8}"(?:code|message|data)"/;

/** The one document of a JSON answer, kept only if it may be JSON-RPC. */
export function rpcReader(): StreamReader & { readonly isStream: false; readonly isLater: true } {
  /** What decides; all of the document once it may be JSON-RPC; nothing once it is not. */
  let text: string | undefined = '';
  let isDecided = false;
  const decide = (): void => {
    isDecided = true;
    if (!RPC.test(text ?? '')) text = undefined;
  };
  return {
    isStream: false,
    isLater: true,
    add(bytes) {
      for (let at = 0; at < bytes.length && text !== undefined && text.length < KEPT; ) {
        const to: number = at + (isDecided ? KEPT : DECIDE) - text.length;
        text += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', at, to);
        at = to;
        if (!isDecided && text.length === DECIDE) decide();
      }
    },
    end() {
      if (!isDecided && text !== '') decide();
      const parsed = text && parseJson(Buffer.from(text, 'latin1').toString('utf8').trim());
      text = undefined;
      const messages: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
      return firstOf(messages, (one) => (isRpc(one) ? toldByRpc(one as Fields) : undefined))?.finding;
    },
  };
}
