import type { Provider } from '../../providers/provider.ts';
import { parseJson } from '../parse/body.ts';
import { isObject, nameOf, path, providerPath, Reader } from '../parse/json-fields.ts';
import { pathTable, rowsFor, type Table, table } from '../parse/path-table.ts';
import { hasMessage, LAST_RULES, RULES, type Rule } from './code-rules.ts';
import { search } from './code-search.ts';
import { codeOf, phraseOf } from './code-test.ts';

const NESTED = path('message|error|errormessage|description|detail|body|cause');

const FIRST = table(RULES, (rule) => rule.where);
const LAST = table(LAST_RULES, (rule) => rule.where);

function run(reader: Reader, rules: Table<Rule>, status: number): string | undefined {
  for (const { where, read } of rowsFor(rules, reader)) {
    const found = reader.first(where, (value, name, owner) => read(value, name, owner, status));
    if (found !== undefined) return found;
  }
  return undefined;
}

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
  for (const where of provider?.code ?? []) {
    const found = reader.first(
      providerPath(where),
      (value) => codeOf(value, { status, named: true }) ?? phraseOf(value),
    );
    if (found !== undefined) return found;
  }
  const found =
    run(reader, FIRST, status) ?? search(reader, status) ?? run(reader, LAST, status) ?? faultName(reader, status);
  if (found !== undefined || nested) return found;
  const inner = nestedReader(reader);
  return inner === undefined ? undefined : codeOfJson(inner, status, undefined, true);
}

const SUBCODES = pathTable(
  [
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
  ].map(path),
);

/** A second code beside the first. */
export function subcodeOfJson(reader: Reader, first: string, status: number, provider?: Provider): string | undefined {
  const accept = (value: unknown): string | undefined => {
    const found = codeOf(value, { status, named: true });
    return found === first ? undefined : found;
  };
  for (const where of [...(provider?.subcode ?? []).map(providerPath), ...rowsFor(SUBCODES, reader)]) {
    const found = reader.first(where, accept);
    if (found !== undefined) return found;
  }
  return undefined;
}
