import { NAME, VERSION } from '../../src/version.ts';
import type { CallSink } from '../judge/types.ts';
import { epochOf } from '../span/clock.ts';
import {
  activeContext,
  type Context,
  isSuppressed,
  type Propagator,
  registeredPropagator,
  registeredProvider,
  withSpan,
} from '../span/context.ts';
import { AttributeList } from '../span/list.ts';
import { notify, tellClosed, tellPendingBeside } from './records.ts';
import type { ForeignSpan, SinkParts } from './types.ts';
import { writeOn } from './write.ts';

interface Tracer {
  startSpan(name: string, options: { kind: number; startTime: number }, parent: Context | undefined): ForeignSpan;
}
type Provider = { getTracer(name: string, version: string): Tracer };

const KIND_CLIENT = 2;
const SETTER = {
  set: (carrier: { setHeader(n: string, v: string): void }, n: string, v: string) => carrier.setHeader(n, v),
};

/**
 * Client spans made through the registered tracer provider, whoever registered it and whenever: they pass its sampler, processors and exporters. For
 * calls that no instrumentation of the application makes a span of. The globals are read directly: through an own copy of the API they would be
 * unseen when the application's copy is older, or registers later.
 */
export function createThroughSpans(parts: SinkParts): CallSink {
  return {
    start(call) {
      const parent = activeContext();
      if (isSuppressed(parent)) return false;
      const options = { kind: KIND_CLIENT, startTime: epochOf(call.startMs) };
      const span = (registeredProvider() as Provider).getTracer(NAME, VERSION).startSpan(call.method, options, parent);
      call.span = span;
      // a header that is there already stays the only one
      if (call.requestHeader('traceparent') === undefined)
        (registeredPropagator() as Propagator | undefined)?.inject(withSpan(parent, span), call, SETTER);
      parts.copies?.open();
      parts.attempts.start(call);
      parts.attempts.identify(call, span.spanContext());
      return true;
    },
    end(call, outcome) {
      const span = call.span as ForeignSpan;
      const list = new AttributeList();
      const links = parts.attempts.end(call, outcome, list);
      if (!span.isRecording() && parts.listeners.length === 0) return;
      const name = parts.describe(list, call, outcome);
      writeOn(span, { list, links, outcome });
      span.updateName(name);
      span.end(epochOf(call.endMs));
      notify(parts, call, outcome, { name, list, links }, span.spanContext());
    },
    socketEnded: (call, handshake, code) =>
      tellClosed(parts, parts.copies, call, (handshake?.span as ForeignSpan | undefined)?.spanContext(), code),
    pending(call) {
      const ids = (call.span as ForeignSpan).spanContext();
      if (parts.copies && ids.traceFlags !== 0) tellPendingBeside(parts.describe, parts.copies, call, ids);
    },
  };
}
