import { parseJson } from '../extract/parse/body.ts';
import { isObject } from '../extract/parse/json-fields.ts';
import { CutText } from '../tolerant-json.ts';
import type { Finding, StreamReader } from './types.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface Verdict {
  readonly finding: Finding;
  /** Whatever comes behind it. */
  readonly isSure: boolean;
}

const JSON_TYPE = 'application/json';

/** Names that stand beside a text called `error` when the whole line is about that error, and not a record that has one. */
const BESIDE = new Set(
  'error code message msg type status status_code statuscode request_id requestid detail details error_code error_type error_description errordetail done timestamp retry_after model created_at path'.split(
    ' ',
  ),
);
/** Words for statuses that are an event's own matter: a watch that is to begin anew. */
const isExpiredWatch = (object: Fields): boolean => object['code'] === 410 || object['reason'] === 'Expired';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : value instanceof CutText ? value.text : undefined;

/** A number that is an HTTP status of a failure. */
function statusIn(value: unknown): number | undefined {
  if (!isObject(value)) return undefined;
  const { code, status, status_code, statusCode, http_code } = value as Fields;
  for (const one of [code, status, status_code, statusCode, http_code]) {
    const number = typeof one === 'string' && /^\d{3}$/.test(one) ? Number(one) : one;
    if (typeof number === 'number' && number >= 400 && number <= 599) return number;
  }
  return undefined;
}

function findingOf(document: unknown, about: unknown, isSure: boolean, more: Partial<Finding> = {}): Verdict {
  const status = statusIn(about);
  const finding: Finding = {
    kind: 'error',
    text: JSON.stringify(document, (_, value: unknown) => (value instanceof CutText ? value.text : value)),
    contentType: JSON_TYPE,
    ...(status === undefined ? {} : { status }),
    ...more,
  };
  return { finding, isSure };
}

const SPEAKS = ['message', 'code', 'type', 'status', 'msg', 'reason', 'detail', 'description'];
const isErrorObject = (value: unknown): value is Fields =>
  isObject(value) && SPEAKS.some((name) => (value as Fields)[name] !== undefined && (value as Fields)[name] !== null);

/** The words of a tool's own failure. */
function toolError(result: Fields): Verdict {
  const content = result['content'];
  const first: unknown = Array.isArray(content) ? content[0] : undefined;
  const message = isObject(first) ? textOf((first as Fields)['text']) : undefined;
  return findingOf({ error: { message: message ?? 'tool failed' } }, undefined, true, {
    layer: 'payload',
    isJsonRpc: true,
    isToolError: true,
  });
}

/** Does a JSON-RPC 2.0 message say failed? */
export function toldByRpc(object: Fields): Verdict | undefined {
  if (object['jsonrpc'] !== '2.0') return undefined;
  const { error } = object;
  if (isErrorObject(error)) {
    const { code } = error;
    return findingOf(object, undefined, true, {
      isJsonRpc: true,
      ...(typeof code === 'number' && Number.isSafeInteger(code) && { code: String(code) }),
    });
  }
  const { result } = object;
  return isObject(result) && (result as Fields)['isError'] === true ? toolError(result as Fields) : undefined;
}

/** Events whose names alone say that the whole answer failed, and where their documents say why. */
const FAILED_EVENT = /^(?:error|response\.failed|thread\.run\.failed|thread\.run\.expired)$/;
const inside = (object: Fields): unknown => {
  const { response } = object;
  return (isObject(response) ? (response as Fields)['error'] : undefined) ?? object['last_error'];
};

function toldByObject(object: Fields, event: string, isEvents: boolean): Verdict | undefined {
  const rpc = toldByRpc(object);
  if (rpc !== undefined || object['jsonrpc'] === '2.0') return rpc;
  const type = textOf(object['type']) ?? '';
  const { error } = object;
  if (isEvents && (FAILED_EVENT.test(event) || FAILED_EVENT.test(type))) {
    const cause = inside(object);
    if (isObject(cause)) return findingOf({ error: cause }, cause, true);
    return findingOf(object, isObject(error) ? error : object, true);
  }
  if (type === 'ERROR' && isObject(object['object'])) {
    const status = object['object'] as Fields;
    return isExpiredWatch(status) ? undefined : findingOf(status, status, true);
  }
  if (isObject(object['errorDetail'])) return findingOf({ error: object['errorDetail'] }, object['errorDetail'], false);
  if (isErrorObject(error)) return isRecord(object) ? undefined : findingOf(object, error, false);
  const { errors } = object;
  if (Array.isArray(errors) && errors.length > 0 && isErrorObject(errors[0]) && ('data' in object || event === 'next'))
    return findingOf(object, undefined, event === 'next');
  const text = textOf(error);
  if (text !== undefined && text !== '' && Object.keys(object).every((key) => BESIDE.has(key.toLowerCase())))
    return findingOf(object, object, false);
  return undefined;
}

/** A row of a result that has an error of its own, or a line of a log. */
const isRecord = (object: Fields): boolean =>
  'custom_id' in object || 'level' in object || 'severity' in object || 'logger' in object;

const MEDIA = { event: /^event: ?(.*)$/, data: /^data: ?(.*)$/ } as const;

/** Does this event, or this line of JSON, say that the call failed? */
export function told(text: string, isEvents: boolean): Verdict | undefined {
  let event = '';
  let data = '';
  if (isEvents) {
    for (const line of text.split(/\r?\n/)) {
      const name = MEDIA.event.exec(line)?.[1];
      const part = MEDIA.data.exec(line)?.[1];
      if (name !== undefined) event = name.trim();
      if (part !== undefined) data += data === '' ? part : `\n${part}`;
    }
  } else data = text.replace(/^[\s\u001e]+/, '');
  if (data.startsWith('{')) {
    const object = parseJson(data.trim());
    return isObject(object) ? toldByObject(object as Fields, event, isEvents) : undefined;
  }
  if (event !== 'error' || data === '') return undefined;
  return { finding: { kind: 'error', text: data, contentType: 'text/plain' }, isSure: true };
}

/** So many bytes decide whether a document is a JSON-RPC 2.0 answer. */
const DECIDE = 64;
const KEPT = 16 * 1024;
/** `"jsonrpc"` in its usual place, or the error in front of it where keys are sorted. */
const RPC = /"jsonrpc" ?: ?"2\.0"|^\s{0,8}\[?\s{0,8}\{\s{0,8}"error" ?: ?\{\s{0,8}"(?:code|message|data)"/;

/** The one document of a JSON answer, kept only if it may be JSON-RPC. */
export class RpcReader implements StreamReader {
  readonly isStream = false;
  readonly isLater = true;
  private readonly decided: (isRpc: boolean) => void;
  private isRpc: boolean | undefined = undefined;
  private pieces: Buffer[] = [];
  private length = 0;

  /** @param decided is told what the first bytes say, once */
  constructor(decided: (isRpc: boolean) => void) {
    this.decided = decided;
  }

  add(bytes: Uint8Array): void {
    if (this.isRpc === false || this.length >= KEPT) return;
    // of most answers nothing is kept: the first piece holds what decides
    if (this.isRpc === undefined && this.length === 0 && bytes.length >= DECIDE && !this.decide(startOf(bytes))) return;
    this.pieces.push(Buffer.from(bytes.subarray(0, KEPT - this.length)));
    this.length += bytes.length;
    if (this.isRpc === undefined && this.length >= DECIDE) this.decide(startOf(Buffer.concat(this.pieces)));
  }

  end(): Finding | undefined {
    const text = this.isRpc === false ? '' : Buffer.concat(this.pieces).toString('utf8');
    this.pieces = [];
    if (text === '' || (this.isRpc === undefined && !this.decide(text.slice(0, DECIDE)))) return undefined;
    const parsed = parseJson(text.trim());
    for (const one of Array.isArray(parsed) ? parsed : [parsed]) {
      const verdict = isObject(one) ? toldByRpc(one as Record<string, unknown>) : undefined;
      if (verdict !== undefined) return verdict.finding;
    }
    return undefined;
  }

  private decide(start: string): boolean {
    this.isRpc = RPC.test(start);
    this.decided(this.isRpc);
    if (!this.isRpc) this.pieces = [];
    return this.isRpc;
  }
}

const startOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, DECIDE).toString('latin1');
