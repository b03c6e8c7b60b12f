import type { Element } from '../parse/xml.ts';
import type { Batch } from './batch-shapes.ts';

/** The elements of a batch in XML: those that failed, and those that went well. */
interface Shape {
  readonly root: RegExp;
  readonly failed: (element: Element) => boolean;
  readonly done: (element: Element) => boolean;
}

const STATUS = /^HTTP\/[\d.]{1,3} ([45]\d\d)\b/;
const statusOf = (element: Element): number | undefined => {
  const match = STATUS.exec(element.text);
  return match === null ? undefined : Number(match[1]);
};

const SHAPES: readonly Shape[] = [
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
    failed: (e) => e.name === 'status' && e.parent === 'response' && statusOf(e) !== undefined,
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

export function failedElements(elements: readonly Element[]): Batch | undefined {
  const root = elements[0]?.name ?? '';
  const shape = SHAPES.find((s) => s.root.test(root));
  const first = shape === undefined ? -1 : elements.findIndex(shape.failed);
  if (shape === undefined || first < 0) return undefined;
  const failed = elements.filter(shape.failed).length;
  const done = elements.filter(shape.done).length;
  const status = statusOf(elements[first]!);
  return {
    failed,
    total: root === 'multistatus' ? done : failed + done,
    worst: { kind: 'xml', elements: within(elements, first) },
    ...(status === undefined ? {} : { status }),
  };
}
