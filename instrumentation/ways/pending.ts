import { now } from '../base/now.ts';
import type { Call } from '../capture/types.ts';
import type { SpanOutput } from '../export/own.ts';
import { epochOf } from '../span/clock.ts';
import { AttributeList } from '../span/list.ts';
import type { ExportedSpan } from '../span/record.ts';
import type { SinkParts } from './types.ts';

/** Which span the record is, or is about. */
export type PendingSpan = Pick<
  ExportedSpan,
  'traceId' | 'spanId' | 'parentSpanId' | 'parentIsRemote' | 'traceState' | 'drawn'
>;

/** Writes the record of a call that had not ended when its process did, or froze (contract §1, "Pending"). */
export function tellPending(
  { describe, output }: Pick<SinkParts, 'describe'> & { readonly output: Pick<SpanOutput, 'add'> },
  call: Call,
  { traceId, spanId, parentSpanId, parentIsRemote, traceState, drawn }: PendingSpan,
): void {
  const list = new AttributeList();
  // no judgement: nothing that it reads has come yet
  const name = describe(list, call, { kind: 'ok', sent: 'unknown' });
  list.set('api.pending', true);
  list.set('api.pending.phase', call.phase());
  const ids = { traceId, spanId, parentSpanId, parentIsRemote, traceState, ...(drawn && { drawn }) };
  const times = { startMs: epochOf(call.startMs), endMs: epochOf(now()) };
  output.add({ ...ids, ...times, name, traceFlags: 1, failed: false, links: [] }, list, true);
}
