import { layerOfWords, wordsOf } from '../../layers/code-words.ts';
import { firstOf } from '../../lists.ts';
import type { Body } from '../parse/body.ts';
import { type Fields, isObject, Reader } from '../parse/json-fields.ts';
import type { Element } from '../parse/xml.ts';
import { codeOfJson } from '../read/json-code.ts';
import { isBad } from './failed-success.ts';

/** An answer to many requests at once, some of which failed. */
export interface Batch {
  readonly failed: number;
  /** Absent where the answer does not tell. */
  readonly total?: number | undefined;
  /** The part that is worst, as a body of its own, and its status where it has one. */
  readonly worst: Body;
  readonly status?: number | undefined;
  /** The parts' codes are gRPC's. */
  readonly grpc?: true | undefined;
}

/** One failed part: what stands for it in the body, and its status where that says failed. */
type Part = { readonly node: unknown; readonly status?: number | undefined };

/** `404`, FHIR's `404 Not Found`, Kafka's `40401`. */
const STATUS_WORD = /^(?:[1-5]\d\d|[45]\d{4})(?: [A-Z][\w ]*)?$/;
const statusOf = (part: Fields): number | undefined =>
  firstOf(['status', 'statuscode', 'httpstatuscode', 'code', 'errorcode'], (name) => {
    const value = part.get(name);
    return typeof value !== 'object' && STATUS_WORD.test(String(value)) ? Number(String(value).slice(0, 3)) : undefined;
  });

const BAD_WORD = /^(?:err|error|failed|failure|skipped|rejected)$/i;
const isBadWord = (value: unknown): boolean => typeof value === 'string' && BAD_WORD.test(value);

/** google.rpc.Status: a code and its words, and nothing else. */
const isRpcStatus = (value: unknown): boolean =>
  isObject(value) &&
  /^(?:[1-9]|1[0-6])$/.test(String((value as { code?: unknown }).code)) &&
  Object.keys(value).every((key) => /^(?:code|message|details)$/.test(key));
const isSaid = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value === true || isBad(value);

/** Where a part says how it went, if not itself. */
const RESULTS = ['response', 'result', 'status'];
const inResults = <T>(part: Fields, reader: Reader, find: (fields: Fields) => T | undefined): T | undefined =>
  firstOf(RESULTS, (name) => {
    const value = part.get(name);
    return isObject(value) ? find(reader.fields(value)) : undefined;
  });

type Fails = (part: Fields, reader: Reader, node: object) => boolean;
const always: Fails = () => true;
/** Did a part fail, in whichever way there is to say so? Where every element of a list is a part. */
const saysFailed: Fails = (part, reader, node) =>
  (statusOf(part) ?? 0) >= 400 ||
  part.get('success') === false ||
  isBadWord(part.get('status')) ||
  ['error', 'errors', 'errorcode', 'errornum', 'fault', 'failure'].some((name) => isSaid(part.get(name))) ||
  [node, part.get('status')].some(isRpcStatus) ||
  inResults(part, reader, (fields) => saysFailed(fields, reader, node) || undefined) === true;

/**
 * Lists of parts in answers to what does not look like many requests, by the list's field; the body itself for ''. A plain list of resources, one of
 * which happens to have failed, must not fit.
 */
const SHAPES: readonly (readonly [list: string, fails: Fails])[] = [
  // Elasticsearch's _msearch; Facebook's batch: `[{code, headers, body: "{…}"}]`
  ['responses', (p) => (statusOf(p) ?? 0) >= 400],
  ['', (p) => (statusOf(p) ?? 0) >= 400 && typeof p.get('body') === 'string'],
  // Expo's tickets; FCM's results; Marketo's records; Mailjet's messages
  ['data', (p) => p.get('status') === 'error' && (p.has('message') || p.has('details'))],
  ['results', (p) => p.size === 1 && typeof p.get('error') === 'string'],
  ['result', (p) => isBadWord(p.get('status')) && isSaid(p.get('reasons'))],
  ['messages', (p) => isBadWord(p.get('status')) && isSaid(p.get('errors'))],
];

/** `{index: {…}}` stands for its only value. */
function unwrapped(node: object, reader: Reader): object {
  const fields = reader.fields(node);
  const [only] = fields.size === 1 ? fields.values() : [];
  return isObject(only) && statusOf(reader.fields(only)) !== undefined ? only : node;
}

function partsOf(list: readonly unknown[], fails: Fails, reader: Reader): Part[] {
  return list.flatMap((element) => {
    if (!isObject(element)) return [];
    const node = unwrapped(element, reader);
    const part = reader.fields(node);
    if (!fails(part, reader, node)) return [];
    const status = statusOf(part) ?? inResults(part, reader, statusOf);
    return [{ node, status: status !== undefined && status >= 400 ? status : undefined }];
  });
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** Parts that DynamoDB gives back because it had no capacity for them, by table: `{PutRequest…}` lists, or `Keys`. */
function unprocessed(body: Fields, reader: Reader): number {
  const tables = body.get('unprocesseditems') ?? body.get('unprocessedkeys');
  return (isObject(tables) ? Object.values(tables) : []).reduce(
    (sum: number, table) => sum + lengthOf(isObject(table) ? reader.fields(table).get('keys') : table),
    0,
  );
}

/** Failed parts beyond these are counted, not compared. */
const COMPARED = 32;

/** The provider's own trouble is worse than throttling, and that than a part that was refused. */
function severity({ node, status }: Part): number {
  if (status !== undefined && status >= 500) return 3;
  if (status === 429) return 2;
  const code = status === undefined && isObject(node) ? codeOfJson(new Reader(node), 400) : undefined;
  if (code === undefined) return 0;
  const words = wordsOf(code);
  return layerOfWords(words) === 'throttling' ? 2 : /internal|unavailable/.test(words.join(' ')) ? 3 : 0;
}

function batchOfParts(parts: readonly Part[], total?: number): Batch {
  const { node, status } = parts
    .slice(0, COMPARED)
    .reduce((worst, part) => (severity(part) > severity(worst) ? part : worst));
  const { status: said, error } = node as { status?: unknown; error?: unknown };
  const grpc = [node, said, error].some(isRpcStatus) || undefined;
  return { failed: parts.length, total, worst: { kind: 'json', reader: new Reader(node) }, status, grpc };
}

/** A list that holds failures and nothing else. */
const FAILURES = /^(?:errors?|errorlist|inserterrors|failures|failed|rejected)$/;

/** The failed parts of what is known to answer many requests, whatever its lists are called. */
function failedInMany(body: Fields, reader: Reader): Batch | undefined {
  if (body.get('errors') === false) return undefined;
  const data = body.get('data');
  const lists = [...body, ...(isObject(data) ? reader.fields(data) : [])].filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]),
  );
  for (const [name, list] of lists) {
    const isFailures = FAILURES.test(name);
    const parts = partsOf(list, isFailures ? always : saysFailed, reader);
    if (parts.length === 0) continue;
    const all = lists.reduce((sum, [, { length }]) => sum + length, 0);
    return batchOfParts(parts, isFailures ? (lists.length > 1 ? all : undefined) : list.length);
  }
  const status = statusOf(body) ?? 0;
  return status >= 400 ? batchOfParts([{ node: reader.root, status }], 1) : undefined;
}

function failedInJson(reader: Reader, isMany: boolean): Batch | undefined {
  const { root } = reader;
  const body: Fields = isObject(root) ? reader.fields(root) : new Map([['', root]]);
  for (const [name, fails] of SHAPES) {
    const list = body.get(name);
    const parts = Array.isArray(list) ? partsOf(list, fails, reader) : [];
    if (parts.length > 0) return batchOfParts(parts, lengthOf(list));
  }
  const given = unprocessed(body, reader);
  if (given > 0) return { ...batchOfParts([{ node: {}, status: 429 }]), failed: given };
  return isMany ? failedInMany(body, reader) : undefined;
}

/** The elements of a batch in XML: those that failed, and those that went well. */
interface XmlShape {
  readonly root: RegExp;
  readonly failed: (element: Element) => boolean;
  readonly done: (element: Element) => boolean;
}

const STATUS = /^HTTP\/[\d.]{1,3} ([45]\d\d)\b/;
const statusIn = (element: Element): number | undefined => Number(STATUS.exec(element.text)?.[1]) || undefined;

const XML_SHAPES: readonly XmlShape[] = [
  // S3 DeleteObjects
  { root: /^deleteresult$/, failed: (e) => e.name === 'error', done: (e) => e.name === 'deleted' },
  // SQS and SNS, query protocol
  {
    root: /batchresponse$/,
    failed: (e) => e.name === 'batchresulterrorentry' || (e.name === 'member' && e.parent === 'failed'),
    done: (e) => /batchresultentry$/.test(e.name) || (e.name === 'member' && e.parent === 'successful'),
  },
  // WebDAV, RFC 4918 §13: a response's own status. That of a `propstat` only says that a property is not there.
  {
    root: /^multistatus$/,
    failed: (e) => e.name === 'status' && e.parent === 'response' && statusIn(e) !== undefined,
    done: (e) => e.name === 'response',
  },
];

/** An element and what is in it. */
function within(elements: readonly Element[], from: number): Element[] {
  const { depth } = elements[from]!;
  let to = from + 1;
  while (to < elements.length && elements[to]!.depth > depth) to++;
  return elements.slice(from, to);
}

function failedInXml(elements: readonly Element[]): Batch | undefined {
  const root = elements[0]?.name ?? '';
  const shape = XML_SHAPES.find((s) => s.root.test(root));
  const first = shape === undefined ? -1 : elements.findIndex(shape.failed);
  if (shape === undefined || first < 0) return undefined;
  const failed = elements.filter(shape.failed).length;
  const done = elements.filter(shape.done).length;
  return {
    failed,
    total: root === 'multistatus' ? done : failed + done,
    worst: { kind: 'xml', elements: within(elements, first) },
    status: statusIn(elements[first]!),
  };
}

/**
 * The failed parts of a 2xx; undefined if it is no batch, or all of it went well.
 * @param isMany the request asked for many things, or the answer is a multi-status (RFC 4918 §11.1)
 */
export function batchOf(body: Body, isMany: boolean): Batch | undefined {
  if (body.kind === 'xml') return failedInXml(body.elements);
  return body.kind === 'json' ? failedInJson(body.reader, isMany) : undefined;
}
