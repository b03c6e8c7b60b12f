import type { Provider } from '../../providers/tables.ts';
import { type Fields, isObject, type Path, path, type Reader } from '../parse/json-fields.ts';

/**
 * Does a 2xx body say that the call failed? Only signs that no success carries: `status` words and a top-level `code` are not among
 * them, because successful payloads have both.
 */
type Sign = (value: unknown, owner: Fields, reader: Reader) => boolean;

const isFalse: Sign = (value) => value === false;
const GOOD = new Set(['', '0', 'ok', 'success', 'none', 'null', '00', '000', '0000', '200']);
/** Is this a code of a failure? */
export const isBad = (value: unknown): boolean =>
  typeof value === 'number'
    ? value !== 0 && value !== 200
    : typeof value === 'string' && !GOOD.has(value.toLowerCase());

const isErrorObject = (value: object, reader: Reader): boolean => {
  const fields = reader.fields(value);
  const code = fields.get('code') ?? fields.get('errorcode');
  if (code !== undefined && code !== null) return isBad(code);
  return ['message', 'type', 'msg', 'reason', 'status', 'description', 'info', 'detail'].some(
    (n) => typeof fields.get(n) === 'string',
  );
};

const text = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** What a success says of itself. */
const GOOD_WORDS = /^(?:ok|okay|success|successful|succeeded|done|accepted|created|completed|true)\b/i;
const isComplaint = (value: unknown): boolean => typeof value === 'string' && value !== '' && !GOOD_WORDS.test(value);
const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);

const hasNoData = (o: Fields): boolean => isEmpty(o.get('data') ?? o.get('payload') ?? null);

const SIGNS: readonly (readonly [string, Sign])[] = [
  ['ok|success|issuccess', isFalse],
  ['errors', (v) => v === true || (Array.isArray(v) && v.length > 0 && v[0] !== null)],
  [
    'error',
    (v, _, reader) => v === true || (Array.isArray(v) ? v.length > 0 : isObject(v) && isErrorObject(v, reader)),
  ],
  // Odoo's code is 200 for every error
  ['error', (v, o) => isObject(v) && o.has('jsonrpc')],
  ['error', (v, o) => text(v) && isBad(v) && (o.get('data') ?? o.get('result') ?? null) === null],
  ['errormessage|errormsg', isComplaint],
  [
    'errorcode|errcode',
    (v, o) =>
      isBad(v) && ['errormessage', 'errmsg', 'errormsg', 'message', 'errordescription'].some((n) => text(o.get(n))),
  ],
  ['response.error', isObject],
  ['messages.resultcode', (v) => typeof v === 'string' && v.toLowerCase() === 'error'],
  ['messages.errortext', text],
  ['stat', (v) => v === 'fail' || v === 'error'],
  // Viber: a number, and a sentence named after it
  ['status', (v, o) => typeof v === 'number' && v !== 0 && v < 200 && isComplaint(o.get('statusmessage'))],
  // MiniMax
  ['baseresp.statuscode', (v, o) => isBad(v) && isComplaint(o.get('statusmsg'))],
  // OKX and many others: a code that is not 0, a complaint, and no data
  [
    'code|ret|retcode',
    (v, o) => isBad(v) && v !== 1 && o.has('data') && isEmpty(o.get('data')) && isComplaint(o.get('msg')),
  ],
  // JSend: failed, why, and no data
  ['status', (v, o) => /^(?:fail|error)$/i.test(String(v)) && hasNoData(o) && isComplaint(o.get('message'))],
  ['fault', isObject],
  // Solr: the status proper, and answers that it could give in part only
  ['responseheader.status', isBad],
  ['responseheader.partialresults', (v) => v === true],
];
const ON_PATHS = SIGNS.map(([where, sign]): [Path, Sign] => [path(where), sign]);

/** Some value on the path is there and not empty. */
function present(reader: Reader, where: string): boolean {
  const found = reader.first(
    path(where),
    (v) => (Array.isArray(v) ? v.length > 0 : v !== false && v !== '') || undefined,
  );
  return found === true;
}

const STATUSES = ['error.code|status|statuscode', 'responseheader.status', 'status|statuscode|httpstatus|code'].map(
  path,
);

/** The status that the body of a good answer says instead. Parts that are missing are the provider's matter. */
export const statusInside = (reader: Reader): number | undefined =>
  reader.firstOf(STATUSES, (value) => (/^[45]\d\d$/.test(String(value)) ? Number(value) : undefined)) ??
  (present(reader, 'responseheader.partialresults') ? 503 : undefined);

export function failedJson(reader: Reader, provider?: Provider): boolean {
  for (const [where, sign] of ON_PATHS) {
    // The array itself is judged, not its elements: `accept` sees it first.
    if (reader.first(where, (value, _name, owner) => sign(value, owner, reader) || undefined) === true) return true;
  }
  return (provider?.failure ?? []).some((where) => present(reader, where));
}
