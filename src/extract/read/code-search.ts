import { isObject, type Reader } from '../parse/json-fields.ts';
import { code, hasMessage, token } from './code-rules.ts';

/** Objects that may hold a failure; requests, resources and echoes are not among them. */
const CONTAINER =
  /error|fault|exception|^(?:response|messages?|data|details?|result|status|cause|meta|body|problem|etat|reason|issues?|failure|failed|diagnostics?|output|notification)s?$/;
const MAX_VISITED = 64;
const MAX_DEPTH = 5;
const CODES = 'code errorcode errcode errno errorkey faultcode reasoncode messagecode i18nkey errorid'.split(' ');
const WORDS = ['error', 'status', 'type', 'errortype', 'reason', 'name', 'key', 'exception'];

function codeIn(reader: Reader, object: object, status: number): string | undefined {
  const fields = reader.fields(object);
  for (const name of CODES) {
    const found = fields.has(name) ? code(fields.get(name), name, fields, status) : undefined;
    if (found !== undefined) return found;
  }
  if (!hasMessage(fields)) return undefined;
  for (const name of WORDS) {
    const found = fields.has(name) ? token(fields.get(name), name, fields, status) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Breadth-first through error-like containers, 64 values and five levels at most: the shallowest code wins. */
export function search(reader: Reader, status: number): string | undefined {
  const queue: { node: unknown; depth: number }[] = [{ node: reader.root, depth: 0 }];
  for (let i = 0; i < queue.length && i < MAX_VISITED; i++) {
    const { node, depth } = queue[i]!;
    if (Array.isArray(node)) {
      for (const element of node.slice(0, 4)) if (!Array.isArray(element)) queue.push({ node: element, depth });
      continue;
    }
    if (!isObject(node)) continue;
    const found = depth === 0 ? undefined : codeIn(reader, node, status);
    if (found !== undefined) return found;
    if (depth >= MAX_DEPTH) continue;
    for (const [name, value] of reader.fields(node))
      if (typeof value === 'object' && value !== null && CONTAINER.test(name))
        queue.push({ node: value, depth: depth + 1 });
  }
  return undefined;
}
