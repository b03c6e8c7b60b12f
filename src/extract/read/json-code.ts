import { firstOf } from '../../lists.ts';
import type { Provider } from '../../providers/tables.ts';
import { parseJson } from '../parse/body.ts';
import {
  type Fields,
  isObject,
  nameOf,
  path,
  paths,
  pathTable,
  Reader,
  rowsFor,
  type Table,
  table,
} from '../parse/json-fields.ts';
import { code, hasMessage, LAST_RULES, type Read, RULES, type Rule, token } from './code-rules.ts';
import { codeOf, phraseOf } from './code-test.ts';

/** Objects that may hold a failure; requests, resources and echoes are not among them. */
const CONTAINER =
  /error|fault|exception|^(?:response|messages?|data|details?|result|status|cause|meta|body|problem|etat|reason|issues?|outcome|failure|failed|diagnostics?|output|notification)s?$/;
const KEYS =
  'code errorcode errcode errno errorkey errorref faultcode reasoncode messagecode i18nkey errorid scimtype'.split(' ');
const WORDS = ['error', 'status', 'type', 'errortype', 'reason', 'name', 'key', 'exception'];

function codeIn(fields: Fields, status: number): string | undefined {
  const find = (names: readonly string[], read: Read): string | undefined =>
    firstOf(names, (name) => (fields.has(name) ? read(fields.get(name), name, fields, status) : undefined));
  return find(KEYS, code) ?? (hasMessage(fields) ? find(WORDS, token) : undefined);
}

/** The shallowest code in a container that speaks of a failure. */
function search(reader: Reader, status: number): string | undefined {
  const objects = reader.objects((name) => CONTAINER.test(name));
  objects.next(); // the root itself is no container
  return firstOf(objects, (fields) => codeIn(fields, status));
}

const NESTED = path('message|error|errormessage|description|detail|body|cause');

const FIRST = table(RULES, (rule) => rule.where);
const LAST = table(LAST_RULES, (rule) => rule.where);

const run = (reader: Reader, rules: Table<Rule>, status: number): string | undefined =>
  firstOf(rowsFor(rules, reader), ({ where, read }) =>
    reader.first(where, (value, name, owner) => read(value, name, owner, status)),
  );

/** The reader of a JSON text that a gateway packed into a message field, or undefined. */
export function nestedReader(reader: Reader): Reader | undefined {
  const nested = reader.first(NESTED, (value) => {
    if (typeof value !== 'string' || !/^\s{0,8}[[{]/.test(value)) return undefined;
    const parsed = parseJson(value);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  });
  return nested === undefined ? undefined : new Reader(nested);
}

/** OpenStack: the fault is the one key, `{"itemNotFound":{"message":…,"code":404}}`. */
function faultName(reader: Reader, status: number): string | undefined {
  const { root } = reader;
  const [key = '', ...others] = isObject(root) ? Object.keys(root) : [];
  const fault = others.length === 0 && /^[A-Za-z]+[a-z][A-Z]/.test(key) ? reader.get(nameOf(key)) : undefined;
  if (!isObject(fault) || !hasMessage(reader.fields(fault))) return undefined;
  return Number(reader.fields(fault).get('code')) === status ? codeOf(key, { status }) : undefined;
}

/** The code of a JSON body: the provider's own paths, then the rules, then the search, then JSON inside a message. */
export function codeOfJson(reader: Reader, status: number, provider?: Provider, nested = false): string | undefined {
  const accept = (value: unknown): string | undefined => codeOf(value, { status, named: true }) ?? phraseOf(value);
  const found =
    reader.firstOf(paths(provider?.code), accept) ??
    run(reader, FIRST, status) ??
    search(reader, status) ??
    run(reader, LAST, status) ??
    faultName(reader, status);
  if (found !== undefined || nested) return found;
  const inner = nestedReader(reader);
  return inner === undefined ? undefined : codeOfJson(inner, status, undefined, true);
}

const SUBCODES = pathTable([
  'error.declinecode|errorsubcode|subcode|suberrorcode|detailcode',
  'error.innererror.code',
  'errorsubcode|subcode|suberrorcode|detailcode|declinecode|subcategory|substatus|sqlstate',
  'errorcodes|serviceerrorcode|errornumber|errortype|errorcode',
  'errors.subcode|category',
  'errors.code|errorcode',
  'fault.type',
  'fields.code',
  'error.reason|status|type|id',
  'name',
  'category',
]);

/** A second code beside the first. */
export function subcodeOfJson(reader: Reader, first: string, status: number, provider?: Provider): string | undefined {
  const accept = (value: unknown): string | undefined => {
    const found = codeOf(value, { status, named: true });
    return found === first ? undefined : found;
  };
  return reader.firstOf(paths(provider?.subcode), accept) ?? reader.firstOf(rowsFor(SUBCODES, reader), accept);
}
