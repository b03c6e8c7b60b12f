import { layerOfWords, wordsOf } from '../../layers/words.ts';
import type { Body } from '../parse/body.ts';
import { isObject, Reader } from '../parse/json-fields.ts';
import { codeOfJson } from '../read/json-code.ts';
import { type Batch, failedPartsOf, type Part } from './batch-shapes.ts';
import { failedElements } from './batch-xml.ts';

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
