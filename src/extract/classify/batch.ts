import { layerOfWords, wordsOf } from '../../layers/words.ts';
import type { Body } from '../parse/body.ts';
import { type Fields, isObject, Reader } from '../parse/json-fields.ts';
import type { Element } from '../parse/xml.ts';
import { codeOfJson } from '../read/json-code.ts';

/** An answer to many requests at once, some of which failed. */
export interface Batch {
  readonly failed: number;
  /** Absent where the answer does not tell. */
  readonly total?: number;
  /** The part that is worst, as a body of its own, and its status where it has one. */
  readonly worst: Body;
  readonly status?: number;
  /** The parts' codes are gRPC's. */
  readonly grpc?: true;
}

/** One failed part: what stands for it in the body, and its status where it has one. */
interface Part {
  readonly node: unknown;
  readonly status?: number;
}
interface FailedParts {
  readonly parts: readonly Part[];
  readonly failed?: number;
  readonly total?: number;
  readonly grpc?: true;
}

const isStatus = (n: number): boolean => Number.isInteger(n) && n >= 100 && n <= 599;
function statusOf(part: Fields): number | undefined {
  for (const name of ['status', 'statuscode', 'httpstatuscode', 'code']) {
    const value = part.get(name);
    const n = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
    if (isStatus(n)) return n;
  }
  return undefined;
}

const isFull = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const isCount = (value: unknown): boolean => Number(value) > 0;
const BAD_WORD = /^(?:error|failed|failure|skipped|rejected)$/i;
const isBadWord = (value: unknown): boolean => typeof value === 'string' && BAD_WORD.test(value);

/** How one kind of answer lists its parts. A plain list of resources, one of which happens to have failed, must not fit. */
interface Shape {
  /** The list's field; the body itself for ''. */
  readonly list: string;
  /** What must be said beside the list. */
  readonly when?: (body: Fields) => boolean;
  readonly fails: (part: Fields) => boolean;
  /** The status of parts that say none. */
  readonly status?: number;
  readonly grpc?: true;
}

const byStatus = (part: Fields): boolean => (statusOf(part) ?? 0) >= 400;
const byErrorCode = (part: Fields): boolean => typeof part.get('errorcode') === 'string';
const always = (): boolean => true;

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

function partsOf(list: readonly unknown[], { fails, status: assumed, grpc }: Shape, reader: Reader): FailedParts {
  const parts: Part[] = [];
  for (const element of list) {
    if (!isObject(element)) continue;
    const node = unwrapped(element, reader);
    const part = reader.fields(node);
    if (!fails(part)) continue;
    const status = grpc ? undefined : (statusOf(part) ?? assumed);
    const failing = status !== undefined && status >= 400;
    parts.push(failing ? { node, status } : { node });
  }
  return { parts, ...(grpc && { grpc }) };
}

/** DynamoDB gives back what it had no capacity for, by table: `{PutRequest…}` lists, or `Keys`. */
function unprocessed(body: Fields, reader: Reader): FailedParts | undefined {
  const tables = body.get('unprocesseditems') ?? body.get('unprocessedkeys');
  if (!isObject(tables)) return undefined;
  let failed = 0;
  for (const table of Object.values(tables)) {
    const keys = isObject(table) ? reader.fields(table).get('keys') : table;
    failed += Array.isArray(keys) ? keys.length : 0;
  }
  return failed === 0 ? undefined : { parts: [{ node: {}, status: 429 }], failed };
}

/** The failed parts that a JSON body lists; undefined if no shape fits. */
function failedPartsOf(reader: Reader, status: number): FailedParts | undefined {
  const { root } = reader;
  const body: Fields = isObject(root) ? reader.fields(root) : new Map();
  for (const shape of SHAPES) {
    const list = shape.list === '' ? root : body.get(shape.list);
    if (!Array.isArray(list) || shape.when?.(body) === false) continue;
    const found = partsOf(list, shape, reader);
    const total = list.length + (shape.list === 'failed' ? lengthOf(body.get('successful')) : 0);
    if (found.parts.length > 0) return shape.list === 'inserterrors' ? found : { ...found, total };
  }
  const given = unprocessed(body, reader);
  if (given !== undefined || status !== 207) return given;
  // RFC 4918 §11.1 multi-status, in JSON: whichever list has parts with a status
  for (const list of Array.isArray(root) ? [root] : body.values()) {
    const found = Array.isArray(list) ? partsOf(list, { list: '', fails: byStatus }, reader) : undefined;
    if (found !== undefined && found.parts.length > 0) return { ...found, total: (list as unknown[]).length };
  }
  return undefined;
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** The elements of a batch in XML: those that failed, and those that went well. */
interface XmlShape {
  readonly root: RegExp;
  readonly failed: (element: Element) => boolean;
  readonly done: (element: Element) => boolean;
}

const STATUS = /^HTTP\/[\d.]{1,3} ([45]\d\d)\b/;
const statusIn = (element: Element): number | undefined => {
  const match = STATUS.exec(element.text);
  return match === null ? undefined : Number(match[1]);
};

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

function failedElements(elements: readonly Element[]): Batch | undefined {
  const root = elements[0]?.name ?? '';
  const shape = XML_SHAPES.find((s) => s.root.test(root));
  const first = shape === undefined ? -1 : elements.findIndex(shape.failed);
  if (shape === undefined || first < 0) return undefined;
  const failed = elements.filter(shape.failed).length;
  const done = elements.filter(shape.done).length;
  const status = statusIn(elements[first]!);
  return {
    failed,
    total: root === 'multistatus' ? done : failed + done,
    worst: { kind: 'xml', elements: within(elements, first) },
    ...(status === undefined ? {} : { status }),
  };
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

const worstOf = (parts: readonly Part[]): Part =>
  parts.slice(0, COMPARED).reduce((worst, part) => (severity(part) > severity(worst) ? part : worst));

/** The failed parts of a 2xx; undefined if it is no batch, or all of it went well. */
export function batchOf(body: Body, status: number): Batch | undefined {
  if (body.kind === 'xml') return failedElements(body.elements);
  const found = body.kind === 'json' ? failedPartsOf(body.reader, status) : undefined;
  if (found === undefined || found.parts.length === 0) return undefined;
  const { parts, failed = parts.length, total, grpc } = found;
  const worst = worstOf(parts);
  return {
    failed,
    ...(total === undefined ? {} : { total }),
    worst: { kind: 'json', reader: new Reader(worst.node) },
    ...(worst.status === undefined ? {} : { status: worst.status }),
    ...(grpc && { grpc }),
  };
}
