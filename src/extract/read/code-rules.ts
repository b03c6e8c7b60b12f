import { isSecretWord } from '../../redact/text.ts';
import { redactUrl } from '../../redact/url.ts';
import { type Fields, type Path, path } from '../parse/json-fields.ts';
import { codeOf, isReasonPhrase, isScreaming, phraseOf } from './code-test.ts';

/** Ways to read a field as a code; each returns the code or undefined. */
export type Read = (value: unknown, name: string, owner: Fields, status: number) => string | undefined;

const SPEAKS = /message$|^(?:msg|errormsg|errordescription|description|detail|text|info|reason|title)$/;
/** Does the object speak of a failure in words? */
export const hasMessage = (owner: Fields): boolean =>
  [...owner].some(([name, value]) => typeof value === 'string' && SPEAKS.test(name));

const STATUS_KEYS = /^(?:http)?status(?:code)?$|^error$/;
const NAMED = /code|errno|^ecode$/;

export const code: Read = (value, name, owner, status) => {
  const found = codeOf(value, { status, named: NAMED.test(name), statusKey: STATUS_KEYS.test(name) });
  if (found !== undefined || typeof value !== 'string' || !isReasonPhrase(value)) return found;
  // `{"error":"forbidden","error_description":…}`: in lower case beside a message, the phrase is the vendor's token.
  return /^[a-z]+$/.test(value) && hasMessage(owner) ? value : undefined;
};
export const token: Read = (value, name, owner, status) =>
  typeof value === 'string' && /[A-Za-z]/.test(value) ? code(value, name, owner, status) : undefined;
const number: Read = (value, name, owner, status) =>
  typeof value === 'number' || /^-?\d+$/.test(String(value)) ? code(value, name, owner, status) : undefined;
const screaming: Read = (value, name, owner, status) => {
  const head = typeof value === 'string' ? value.split(' : ', 1)[0] : undefined;
  return isScreaming(head) ? code(head, name, owner, status) : undefined;
};
/** A message that is one word, and no sentence: `error_invalid_parameters`. */
const word: Read = (value, name, owner, status) =>
  /^[a-z]+(?:_[a-z\d]+)+$/.test(String(value))
    ? code(value, name, owner, status)
    : screaming(value, name, owner, status);
/** `id` is a code at some vendors and the occurrence at most: only words joined by `_` or `-` beside a message are codes. */
const wordId: Read = (value, _name, owner, status) =>
  typeof value === 'string' && /^[a-z]+(?:[_-][a-z]+)*$/.test(value) && hasMessage(owner)
    ? codeOf(value, { status, named: true })
    : undefined;
const afterHash: Read = (value, name, owner, status) =>
  typeof value === 'string'
    ? code(value.slice(value.lastIndexOf('#') + 1).split(':', 1)[0], name, owner, status)
    : undefined;
/** Counts only beside another field. */
const beside =
  (field: string, read: Read): Read =>
  (value, name, owner, status) =>
    owner.has(field) ? read(value, name, owner, status) : undefined;
/** Dropbox ends its summaries in `/` and a random number of dots. */
const summary: Read = (value, name, owner, status) => {
  if (typeof value !== 'string' || value.length > 256) return undefined;
  let end = value.length;
  while (end > 0 && (value[end - 1] === '.' || value[end - 1] === '/')) end--;
  return token(value.slice(0, end), name, owner, status);
};
/** Kraken: `EAPI:Invalid key`. */
const colonPhrase: Read = (value) =>
  typeof value === 'string' && /^[A-Z][A-Za-z]{2,16}:[A-Z][A-Za-z ]{1,40}$/.test(value) ? value : undefined;

/** URIs that say no more than the status: sections of standards, pages about statuses. */
const STATUS_PAGE =
  /^https?:\/\/(?:www\.)?(?:httpstatus|tools\.ietf|rfc-editor|datatracker\.ietf|w3\.org|developer\.mozilla|http\.dev|webdav)|\/[1-5]\d\d$/;
/** One page about all errors. */
const GENERAL_PAGE = /\/(?:errors?|docs|problems?|api|reference|[\w-]+-(?:codes|docs))?\/?$/;

/** RFC 9457 §3.1.1 `type`: a URI that names the problem, or at some vendors a bare token. */
const problemType: Read = (value, name, owner, status) => {
  if (typeof value !== 'string' || value.length > 128 || !(owner.has('title') || owner.has('detail'))) return undefined;
  if (/^(?:urn|tag):[\w.:/,-]+$/.test(value)) return isSecretWord(value) ? undefined : value;
  const isPath = /^\/[\w./-]+$/.test(value);
  if (!isPath && !/^https?:\/\/[^\s<>"?]+$/.test(value))
    return owner.has('code') ? undefined : token(value, name, owner, status);
  const [page = '', fragment] = value.split('#');
  const whole = isPath ? `https://host.example${page}` : page;
  if (STATUS_PAGE.test(value) || redactUrl(whole) !== whole) return undefined;
  if (fragment === undefined) return GENERAL_PAGE.test(page) ? undefined : value;
  return codeOf(fragment, { status, named: true }) === undefined || fragment.startsWith('section-') ? undefined : value;
};
/** RFC 9457 §3.1.3: the title does not change from occurrence to occurrence. A phrase only where a `type` says that it is a problem. */
const problemTitle: Read = (value, name, owner, status) => {
  const isProblem = owner.has('status') && (owner.get('type') ?? 'about:blank') !== 'about:blank';
  return screaming(value, name, owner, status) ?? (isProblem ? phraseOf(value) : undefined);
};
/** In a problem, `name` is what the problem is about; elsewhere it is the error's. */
const errorName: Read = (value, name, owner, status) =>
  owner.has('title') && owner.has('type') ? undefined : token(value, name, owner, status);
/** Redis, over HTTP too: the first word of the sentence. https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors */
const REDIS =
  /^(WRONGTYPE|WRONGPASS|NOAUTH|NOPERM|NOSCRIPT|NOREPLICAS|READONLY|MISCONF|LOADING|BUSY|BUSYGROUP|NOGROUP|EXECABORT|OOM|MOVED|ASK|CROSSSLOT|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|UNKILLABLE) /;
const redisWord: Read = (value) => (typeof value === 'string' ? REDIS.exec(value)?.[1] : undefined);

/**
 * Where JSON bodies carry their code, in the order of trust. Each row is one shape seen at several vendors or in a standard; the value
 * test (`value.ts`) matters more than the order, because it lets a row fall through when its field holds prose or the status.
 */
export interface Rule {
  readonly where: Path;
  readonly read: Read;
}

const rule = (where: string, read: Read = code): Rule => ({ where: path(where), read });

const NAMES =
  'errorcode|errcode|errorkey|errorname|errortype|errno|faultcode|reasoncode|reasontag|messagecode|apierror|exceptiontype|' +
  'responsecode|errorresponsecode';

/** `errors: { name: ["required"] }` is a field of the request, not an error: an error speaks. */
const spoken: Read = (value, name, owner, status) =>
  hasMessage(owner) || owner.has('field') ? token(value, name, owner, status) : undefined;

export const RULES: readonly Rule[] = [
  rule('__type', afterHash),
  // google.rpc details: `ErrorInfo` and what else names its type
  rule('error.details.reason|errorcode', beside('@type', code)),
  rule('details.reason|errorcode', beside('@type', code)),
  rule('errors.extensions.code|legacycode|errorcode|type|errortype|classification|errorclass|name|reason'),
  rule('error.message', screaming),
  rule('error.errors.reason', token),
  rule('apierrorcode|errorcode|errcode|ecode'),
  rule('errorsummary', summary),
  // Odoo: what was raised, with its traceback; the JSON-RPC code is 200 for all
  rule('error.data.name', beside('debug', token)),
  rule('error.code'),
  rule('error.errorcode|errcode|errorkey|errorname|type|status|reason|name|key|title|errortype|symbol|slug', token),
  rule('error.type', problemType),
  rule('code'),
  rule('type', problemType),
  rule('details.issue', token),
  rule('errors.code|errorcode|errcode|errorid'),
  rule('errors.statuscode', token),
  rule('errors.reason|error|type|errortype|errorname|name|category|key', spoken),
  rule('errors.id', wordId),
  rule('errorcodes|error|errors', token),
  rule('error|errors', colonPhrase),
  rule('error', redisWord),
  rule('imdata.error.attributes.code'),
  // OMA and GSMA OneAPI, which telephone networks and their resellers speak
  rule('requesterror.serviceexception|policyexception.messageid'),
  rule('details.error', token),
  rule(`${NAMES}|category`, token),
  rule('name', errorName),
  rule('reason|exception|errorclass|scimtype|i18nkey|type', token),
  rule(`${NAMES}|returncode|resultcode|retcode|ret|errornumber|errornum|serviceerrorcode|cod`, number),
  rule('id', wordId),
  rule('sys.id', token),
  rule('status', spoken),
  rule('statuscode', number),
  // Viber: `{"status":2,"status_message":…}`
  rule('status', beside('statusmessage', number)),
  rule('baseresp.statuscode', number),
];

/** Words in capitals, and beside them the sentence. */
const shouted: Read = (value, name, owner, status) =>
  /^[A-Z]{4,}$|^[A-Z]+(?:_[A-Z]+)+$/.test(String(value)) ? spoken(value, name, owner, status) : undefined;
/** After the search through the whole body found nothing. */
export const LAST_RULES = [
  rule('message|msg|errormessage|shortmessage', word),
  rule('error.message', beside('detail', shouted)),
  rule('title', problemTitle),
  rule('identifier', shouted),
];
