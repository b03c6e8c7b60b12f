import type { Guard } from '../base/guard.ts';
import { before } from '../capture/patch.ts';
import type { ForeignSpan } from './types.ts';

/** What the spans and processors of OpenTelemetry's SDKs 1 to 3 keep for themselves; each is asked for before it is used. */
type Inside = { readonly _spanProcessor?: Processor; _ended?: unknown };
interface Processor {
  readonly _spanProcessors?: readonly Processor[];
  readonly _finishedSpans?: unknown;
  readonly _exporter?: { readonly export?: unknown };
  readonly onEnd?: unknown;
  readonly _addToBuffer?: unknown;
  readonly onEnding?: unknown;
}

/** The SDK's own batch processor, of which no subclass looks at the spans: it keeps an ended span as it is until its exporter gets it. */
function onlyBatches(processor: Processor): boolean {
  const { _finishedSpans, _exporter, onEnd, onEnding, _addToBuffer } = processor;
  if (!Array.isArray(_finishedSpans) || typeof _exporter?.export !== 'function' || onEnding !== undefined) return false;
  let base: object = processor;
  for (let next = base; next !== Object.prototype && next !== null; next = Object.getPrototypeOf(next)) base = next;
  const { onEnd: original, _addToBuffer: add } = base as Processor;
  return add !== undefined && add === _addToBuffer && onEnd === original;
}

/**
 * Tells of spans that nobody reads between their end and their export, so that they may be written on until then.
 *
 * @param exporting is called as any of them are about to be exported
 */
export function watchExports(guard: Guard, exporting: () => void): (span: ForeignSpan) => boolean {
  const watched = new WeakSet<object>();
  const safely = guard.handler('spans of others', exporting);
  const watch = ({ _exporter: exporter }: Processor): boolean => {
    if (exporter === undefined || watched.has(exporter)) return exporter !== undefined;
    if (before(exporter, 'export', safely) === undefined) return false;
    watched.add(exporter);
    return true;
  };
  let newest: Processor | undefined;
  let isBatched = false;
  return (span) => {
    const { _spanProcessor: processor, _ended } = span as ForeignSpan & Inside;
    if (processor === undefined || _ended !== false) return false;
    if (processor !== newest) {
      newest = processor;
      const all = processor._spanProcessors ?? [processor];
      isBatched = all.every(onlyBatches) && all.every(watch);
    }
    return isBatched;
  };
}

/** Lets an ended span be written on, with its SDK's own checks and limits, until it is closed again. */
export const reopen = (span: ForeignSpan & Inside, isOpen: boolean): void => {
  span._ended = !isOpen;
};
