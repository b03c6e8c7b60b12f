import { now } from '../base/now.ts';
import type { Call } from '../capture/types.ts';
import type { Copies } from '../export/copies.ts';
import type { SpanOutput } from '../export/span-batcher.ts';
import type { Outcome } from '../judge/types.ts';
import { epochOf } from '../span/clock.ts';
import { newIds } from '../span/ids.ts';
import { AttributeList } from '../span/list.ts';
import { NO_SPAN, NO_TRACE, type SpanHead, type SpanLink, type SpanRecord } from '../span/record.ts';
import type { SinkParts } from './types.ts';

/** A WebSocket that ended as nobody meant. */
const SOCKET_CLOSED: Outcome = { kind: 'failed', layer: 'body', reason: 'websocket.closed', sent: 'yes' };

/** Which span a record is, or is about. */
type Ids = SpanLink & Partial<SpanHead>;

const headOf = (call: Call, ids: Ids, name: string, failed: boolean, endMs = call.endMs): SpanHead => ({
  parentSpanId: undefined,
  parentIsRemote: false,
  traceFlags: 1,
  traceState: '',
  links: [],
  ...ids,
  name,
  startMs: epochOf(call.startMs),
  endMs: epochOf(endMs),
  failed,
});

/** A listener that throws or rejects costs nobody a span or the process, and after some faults it is not called any more. */
export function tell({ listeners, guard }: Pick<SinkParts, 'listeners' | 'guard'>, record: SpanRecord): void {
  for (const listener of listeners) {
    const given: unknown = guard.run('span listener', () => listener(record), undefined);
    if (given instanceof Promise) given.catch((error) => guard.fault('span listener', error));
  }
}

type Described = { readonly name: string; readonly list: AttributeList; readonly links: readonly SpanLink[] };

/**
 * Tells the listeners of a call whose span, if any, belongs to an OpenTelemetry SDK. A failed one, which the application's own exporter may never get to
 * send, is sent at once as well: under the same IDs, marked as a copy.
 */
export function notify(
  parts: SinkParts,
  call: Call,
  outcome: Outcome,
  { name, list, links }: Described,
  about: (SpanLink & { readonly traceFlags: number }) | undefined,
): void {
  const { traceId, spanId, traceFlags } = about ?? { traceId: NO_TRACE, spanId: NO_SPAN, traceFlags: 0 };
  const failed = outcome.kind === 'failed';
  if (parts.copies?.isWanted() && failed && traceFlags === 1) {
    list.set('api.copy', true);
    parts.copies.add(headOf(call, { traceId, spanId }, name, true), list);
    list.takeBack();
  }
  if (parts.listeners.length === 0) return;
  const head = headOf(call, { traceId, spanId, traceFlags, links }, name, failed);
  tell(parts, { ...head, attributes: list.toObject() });
}

/** Writes the record of a call that had not ended when its process did, or froze (contract §1, "Pending"). */
export function tellPending(
  { describe, output }: Pick<SinkParts, 'describe'> & { readonly output: Pick<SpanOutput, 'add'> },
  call: Call,
  ids: Ids,
): void {
  const list = new AttributeList();
  // no judgement: nothing that it reads has come yet
  const name = describe(list, call, { kind: 'ok', sent: 'unknown' });
  list.set('api.pending', true);
  list.set('api.pending.phase', call.phase());
  output.add({ ...headOf(call, ids, name, false, now()), traceFlags: 1 }, list, true);
}

/** The same as a record of ours below the application's span, which is left alone. */
export function tellPendingBeside(
  describe: SinkParts['describe'],
  output: Copies,
  call: Call,
  about: SpanLink | undefined,
): void {
  const ids = newIds();
  tellPending({ describe, output }, call, {
    ...ids,
    ...(about && { traceId: about.traceId, parentSpanId: about.spanId }),
  });
}

/** Writes the record of a WebSocket that ended abnormally: one of ours, linked to the handshake's span, whoever made that (contract §3). */
export function tellClosed(
  parts: Pick<SinkParts, 'describe' | 'listeners' | 'guard'>,
  output: Pick<SpanOutput, 'add'> | undefined,
  call: Call,
  handshake: SpanLink | undefined,
  code: number,
): void {
  const list = new AttributeList();
  const name = parts.describe(list, call, SOCKET_CLOSED);
  list.set('api.websocket.close_code', code);
  const { traceId, spanId } = newIds();
  const links = handshake === undefined ? [] : [{ traceId: handshake.traceId, spanId: handshake.spanId }];
  const head = headOf(call, { traceId: handshake?.traceId ?? traceId, spanId, links }, name, true);
  if (parts.listeners.length > 0) tell(parts, { ...head, attributes: list.toObject() });
  output?.add(head, list);
}
