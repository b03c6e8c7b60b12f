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
interface Part {
  readonly node: unknown;
  readonly status?: number | undefined;
}

/** `404`, FHIR's `404 Not Found`, Kafka's `40401`. */
const STATUS_WORD = /^([1-5]\d\d)(?:(?<=[45]\d\d)\d\d)?(?: [A-Z][\w ]*)?$/;
const statusOf = (part: Fields): number | undefined =>
  firstOf(['status', 'statuscode', 'httpstatuscode', 'code', 'errorcode'], (name) => {
    const value = part.get(name);
    return typeof value === 'object' ? undefined : Number(STATUS_WORD.exec(String(value))?.[1]) || undefined;
  });

const isFull = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const isCount = (value: unknown): boolean => Number(value) > 0;
const BAD_WORD = /^(?:err|error|failed|failure|skipped|rejected)$/i;
const isBadWord = (value: unknown): boolean => typeof value === 'string' && BAD_WORD.test(value);

/** How one kind of answer lists its parts. A plain list of resources, one of which happens to have failed, must not fit. */
interface Shape {
  /** The list's field; the body itself for ''. */
  readonly list: string;
  /** What must be said beside the list. */
  readonly when?: (body: Fields) => boolean;
  readonly fails: (part: Fields, reader: Reader) => boolean;
  /** The status of parts that say none. */
  readonly status?: number;
  readonly grpc?: true;
}

const byStatus = (part: Fields): boolean => (statusOf(part) ?? 0) >= 400;
const byErrorCode = (part: Fields): boolean => typeof part.get('errorcode') === 'string';
const always = (): boolean => true;

/** google.rpc.Status: a code and its words, and nothing else. */
const isRpcStatus = (value: unknown): boolean =>
  isObject(value) &&
  /^(?:[1-9]|1[0-6])$/.test(String((value as { code?: unknown }).code)) &&
  Object.keys(value).every((key) => /^(?:code|message|details)$/.test(key));
const isSaid = (value: unknown): boolean =>
  isObject(value) || Array.isArray(value) ? Object.keys(value).length > 0 : value === true || isWord(value);
const isWord = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Where a part says how it went, if not itself. */
const RESULTS = ['response', 'result', 'status'];
const inResults = <T>(part: Fields, reader: Reader, find: (fields: Fields) => T | undefined): T | undefined =>
  firstOf(RESULTS, (name) => {
    const value = part.get(name);
    return isObject(value) ? find(reader.fields(value)) : undefined;
  });
/** Did a part fail, in whichever way there is to say so? Where every element of a list is a part. */
const saysFailed = (part: Fields, reader: Reader): boolean =>
  (statusOf(part) ?? 0) >= 400 ||
  part.get('success') === false ||
  isBadWord(part.get('status')) ||
  ['errorcode', 'errornum'].some((name) => part.has(name) && part.get(name) !== null && isBad(part.get(name))) ||
  ['error', 'errors', 'fault', 'failure'].some((name) => isSaid(part.get(name))) ||
  isRpcStatus(part.get('status')) ||
  inResults(part, reader, (fields) => saysFailed(fields, reader) || undefined) === true;

const SHAPES: readonly Shape[] = [
  // Elasticsearch and OpenSearch _bulk: each item is `{index: {status, error}}`; _msearch, Microsoft Graph and OData $batch
  { list: 'items', when: (b) => b.get('errors') === true, fails: byStatus },
  { list: 'responses', fails: byStatus },
  // Salesforce: composite, batch, sObject collections
  { list: 'compositeresponse', fails: byStatus },
  { list: 'results', when: (b) => b.get('haserrors') === true, fails: byStatus },
  { list: '', fails: (p) => p.get('success') === false && isFull(p.get('errors')) },
  // Facebook's batch: `[{code, headers, body: "{…}"}]`
  { list: '', fails: (p) => byStatus(p) && typeof p.get('body') === 'string' },
  // Kinesis, Firehose, EventBridge; SQS and SNS
  { list: 'records', when: (b) => isCount(b.get('failedrecordcount')), fails: byErrorCode },
  { list: 'requestresponses', when: (b) => isCount(b.get('failedputcount')), fails: byErrorCode },
  { list: 'entries', when: (b) => isCount(b.get('failedentrycount')), fails: byErrorCode },
  { list: 'failed', fails: (p) => ['code', 'errorcode'].some((name) => typeof p.get(name) === 'string') },
  // BigQuery insertAll; Firestore batchWrite
  { list: 'inserterrors', fails: always },
  {
    list: 'status',
    when: (b) => Array.isArray(b.get('writeresults')),
    fails: (p) => isCount(p.get('code')),
    grpc: true,
  },
  // Expo's tickets; FCM's results; Marketo's records; Mailjet's messages
  { list: 'data', fails: (p) => p.get('status') === 'error' && (p.has('message') || p.has('details')) },
  { list: 'results', when: (b) => isCount(b.get('failure')), fails: (p) => typeof p.get('error') === 'string' },
  { list: 'result', fails: (p) => isBadWord(p.get('status')) && isFull(p.get('reasons')) },
  { list: 'messages', fails: (p) => isBadWord(p.get('status')) && isFull(p.get('errors')) },
];

/** `{index: {…}}` stands for its only value. */
function unwrapped(node: object, reader: Reader): object {
  const fields = reader.fields(node);
  const [only] = fields.size === 1 ? fields.values() : [];
  return isObject(only) && statusOf(reader.fields(only)) !== undefined ? only : node;
}

function partsOf(list: readonly unknown[], { fails, status: assumed, grpc }: Shape, reader: Reader): Part[] {
  return list.flatMap((element) => {
    if (!isObject(element)) return [];
    const node = unwrapped(element, reader);
    const part = reader.fields(node);
    if (!fails(part, reader)) return [];
    const status = grpc ? undefined : (statusOf(part) ?? inResults(part, reader, statusOf) ?? assumed);
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

function batchOfParts(parts: readonly Part[], more: Partial<Batch>): Batch {
  const { node, status } = parts
    .slice(0, COMPARED)
    .reduce((worst, part) => (severity(part) > severity(worst) ? part : worst));
  return { failed: parts.length, worst: { kind: 'json', reader: new Reader(node) }, status, ...more };
}

/** A list that holds failures and nothing else. */
const FAILURES = /^(?:errors?|errorlist|failures|failed|rejected)$/;

/** The failed parts of what is known to answer many requests, whatever its lists are called. */
function failedInMany(reader: Reader): Batch | undefined {
  const { root } = reader;
  const body: Fields = isObject(root) ? reader.fields(root) : new Map([['', root]]);
  const data = body.get('data');
  const lists = [...body, ...(isObject(data) ? reader.fields(data) : [])].filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]),
  );
  const others = lists.filter(([name]) => !FAILURES.test(name));
  for (const [name, list] of lists) {
    const isFailures = FAILURES.test(name);
    const parts = partsOf(list, { list: '', fails: isFailures ? always : saysFailed }, reader);
    if (parts.length === 0) continue;
    const done = others.reduce((sum, [, { length }]) => sum + length, 0);
    const total = isFailures ? (others.length > 0 ? parts.length + done : undefined) : list.length;
    const first = reader.fields(parts[0]!.node as object);
    const grpc = isRpcStatus(first.get('status')) || isRpcStatus(first.get('error')) || undefined;
    return batchOfParts(parts, { total, grpc });
  }
  const status = statusOf(body) ?? 0;
  return status >= 400 ? batchOfParts([{ node: root, status }], { total: 1 }) : undefined;
}

function failedInJson(reader: Reader, isMany: boolean): Batch | undefined {
  const { root } = reader;
  const body: Fields = isObject(root) ? reader.fields(root) : new Map();
  for (const shape of SHAPES) {
    const list = shape.list === '' ? root : body.get(shape.list);
    if (!Array.isArray(list) || shape.when?.(body) === false) continue;
    const parts = partsOf(list, shape, reader);
    const total = list.length + (shape.list === 'failed' ? lengthOf(body.get('successful')) : 0);
    const { grpc } = shape;
    if (parts.length > 0)
      return batchOfParts(parts, { total: shape.list === 'inserterrors' ? undefined : total, grpc });
  }
  const given = unprocessed(body, reader);
  if (given > 0) return batchOfParts([{ node: {}, status: 429 }], { failed: given });
  return isMany ? failedInMany(reader) : undefined;
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
