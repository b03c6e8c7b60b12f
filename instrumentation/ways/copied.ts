import type { Call } from '../capture/types.ts';
import type { Copies } from '../export/copies.ts';
import { epochOf } from '../span/clock.ts';
import { newIds } from '../span/ids.ts';
import { AttributeList } from '../span/list.ts';
import type { SpanLink } from '../span/record.ts';
import { tellPending } from './pending.ts';
import type { SinkParts } from './types.ts';

/** Sends a failed call at once that the application's own exporter may never get to send: under the same IDs, marked as a copy. */
export function addCopy(
  copies: Copies,
  call: Call,
  { traceId, spanId }: SpanLink,
  name: string,
  list: AttributeList,
): void {
  const marked = new AttributeList();
  list.each((attribute, value) => marked.set(attribute, value));
  marked.set('api.copy', true);
  const times = { startMs: epochOf(call.startMs), endMs: epochOf(call.endMs) };
  const alone = { parentSpanId: undefined, parentIsRemote: false, traceState: '', links: [] };
  copies.add({ traceId, spanId, ...alone, ...times, name, traceFlags: 1, failed: true }, marked);
}

/** A record of ours below the application's span, which is left alone. */
export function tellPendingBeside(
  describe: SinkParts['describe'],
  copies: Copies,
  call: Call,
  about: SpanLink | undefined,
): void {
  const drawn = newIds();
  const { spanId } = drawn;
  const traceId = about?.traceId ?? drawn.traceId;
  const ids = { traceId, spanId, drawn, parentSpanId: about?.spanId, parentIsRemote: false, traceState: '' };
  tellPending({ describe, output: copies }, call, ids);
}
