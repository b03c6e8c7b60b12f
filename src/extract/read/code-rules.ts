import { type Path, path } from '../parse/json-fields.ts';
import {
  afterHash,
  code,
  colonPhrase,
  errorName,
  hasMessage,
  located,
  number,
  problemTitle,
  problemType,
  type Read,
  redisWord,
  screaming,
  summary,
  token,
  typedDetail,
  wordId,
} from './code-readers.ts';

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
  'errorcode|errcode|errorkey|errorname|errortype|errno|faultcode|reasoncode|reasontag|messagecode|apierror|exceptiontype';

/** `status: "error"` says nothing; a word of the vendor's own does. */
const statusWord: Read = (value, name, owner, status) =>
  hasMessage(owner) ? token(value, name, owner, status) : undefined;
/** `errors: { name: ["required"] }` is a field of the request, not an error: an error speaks. */
const spoken: Read = (value, name, owner, status) =>
  hasMessage(owner) || owner.has('field') ? token(value, name, owner, status) : undefined;

/** Viber: `{"status":2,"status_message":…}`. */
const besideItsMessage: Read = (value, name, owner, status) =>
  owner.has('statusmessage') ? number(value, name, owner, status) : undefined;

export const RULES: readonly Rule[] = [
  rule('__type', afterHash),
  rule('error.details.reason|errorcode', typedDetail),
  rule('details.reason|errorcode', typedDetail),
  rule('errors.extensions.code|legacycode|errorcode|type|errortype|classification|errorclass|name|reason'),
  rule('errors.extensions.error.code|type'),
  rule('error.message', screaming),
  rule('error.errors.reason', token),
  rule('apierrorcode|errorcode|errcode|ecode'),
  rule('errorsummary', summary),
  rule('error.code'),
  rule('error.errorcode|errcode|errorkey|type|status|reason|name|key|title|errortype|errorname|symbol|slug', token),
  rule('error.errno|errorcode|number', number),
  rule('error.type', problemType),
  rule('error.id', wordId),
  rule('code'),
  rule('type', problemType),
  rule('errors.type', problemType),
  rule('details.issue', token),
  rule('error', token),
  rule('errors.code|errorcode|errcode|errorid'),
  rule('errors.statuscode', token),
  rule('errors.reason|error|type|errortype|errorname|name|key', spoken),
  rule('errors.id', wordId),
  rule('items.*.error.type|code', token),
  rule('errorcodes|error|errors', token),
  rule('error|errors', colonPhrase),
  rule('error', redisWord),
  rule('imdata.error.attributes.code'),
  rule('details.error', token),
  rule(`${NAMES}|category`, token),
  rule('name', errorName),
  rule('reason|exception|errorclass|scimtype|i18nkey', token),
  rule('type', token),
  rule(`${NAMES}|returncode|resultcode|retcode|errornumber|serviceerrorcode|cod`, number),
  rule('id', wordId),
  rule('sys.id', token),
  rule('status', screaming),
  rule('status', statusWord),
  rule('statuscode', number),
  rule('status', besideItsMessage),
  rule('detail.type|code', located),
];

/** After the search through the whole body found nothing. */
export const LAST_RULES: readonly Rule[] = [
  rule('message|msg|errormessage', screaming),
  rule('error.statuscode', number),
  rule('title', problemTitle),
];
