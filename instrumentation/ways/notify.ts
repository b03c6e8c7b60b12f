import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import { epochOf } from '../span/clock.ts';
import type { AttributeList } from '../span/list.ts';
import { linksOf, NO_SPAN, NO_TRACE, type SpanIds } from '../span/record.ts';
import { addCopy } from './copied.ts';
import { type SinkParts, tell } from './types.ts';

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

interface Described {
  readonly name: string;
  readonly list: AttributeList;
  readonly links: readonly SpanIds[];
}

/** Tells the listeners of a call whose span, if any, belongs to an OpenTelemetry SDK. */
export function notify(
  { listeners, guard, copies }: SinkParts,
  call: Call,
  outcome: Outcome,
  { name, list, links }: Described,
  ids: Ids | undefined,
): void {
  if (copies && outcome.kind === 'failed' && ids?.traceFlags === 1) addCopy(copies, call, ids, name, list);
  if (listeners.length === 0) return;
  const record = {
    traceId: ids?.traceId ?? NO_TRACE,
    spanId: ids?.spanId ?? NO_SPAN,
    parentSpanId: undefined,
    parentIsRemote: false,
    traceFlags: ids?.traceFlags ?? 0,
    traceState: '',
    name,
    startMs: epochOf(call.startMs),
    endMs: epochOf(call.endMs),
    attributes: list.toObject(),
    failed: outcome.kind === 'failed',
    links: linksOf(links),
  };
  tell(listeners, guard, record);
}
