import type { Call } from '../capture/types.ts';
import type { SpanOutput } from '../export/own.ts';
import { SOCKET_CLOSED } from '../judge/index.ts';
import { epochOf } from '../span/clock.ts';
import { newIds } from '../span/ids.ts';
import { AttributeList } from '../span/list.ts';
import { type OwnSpanHead, recordOf, type SpanLink } from '../span/record.ts';
import { type SinkParts, tell } from './types.ts';

/** Writes the record of a WebSocket that ended abnormally: one of ours, linked to the handshake's span, whoever made that (contract §3). */
export function tellClosed(
  { describe, listeners, guard }: Pick<SinkParts, 'describe' | 'listeners' | 'guard'>,
  output: Pick<SpanOutput, 'add'> | undefined,
  call: Call,
  handshake: SpanLink | undefined,
  code: number,
): void {
  const list = new AttributeList();
  const name = describe(list, call, SOCKET_CLOSED);
  list.set('api.websocket.close_code', code);
  const drawn = newIds();
  const head: OwnSpanHead = {
    drawn,
    traceId: handshake?.traceId ?? drawn.traceId,
    spanId: drawn.spanId,
    parentSpanId: undefined,
    parentIsRemote: false,
    traceFlags: 1,
    traceState: '',
    name,
    startMs: epochOf(call.startMs),
    endMs: epochOf(call.endMs),
    failed: true,
    links: handshake === undefined ? [] : [{ traceId: handshake.traceId, spanId: handshake.spanId }],
  };
  if (listeners.length > 0) tell(listeners, guard, recordOf(head, list.toObject()));
  output?.add(head, list);
}
