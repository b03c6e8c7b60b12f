import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  type Span,
  type SpanOptions,
  type TextMapPropagator,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { Guard } from '../base/guard.ts';
import type { Sdk } from './sdk.ts';

/** Spans that are nowhere recorded: what the application gets when the SDK cannot be loaded. */
const idle: Tracer = {
  startSpan: () => trace.wrapSpanContext(INVALID_SPAN_CONTEXT),
  startActiveSpan: (_name: string, ...args: unknown[]) =>
    (args.at(-1) as (span: Span) => never)(trace.wrapSpanContext(INVALID_SPAN_CONTEXT)),
};

/** A tracer that loads the SDK when the application starts its first span with it, not when a library asks for a tracer. */
class LazyTracer implements Tracer {
  readonly #make: () => Tracer;
  #tracer: Tracer | undefined;

  constructor(make: () => Tracer) {
    this.#make = make;
  }

  #real(): Tracer {
    this.#tracer ??= this.#make();
    return this.#tracer;
  }

  startSpan(name: string, options?: SpanOptions, parent?: Context): Span {
    return this.#real().startSpan(name, options, parent);
  }

  startActiveSpan<F extends (span: Span) => unknown>(...args: unknown[]): ReturnType<F> {
    const tracer = this.#real();
    return Reflect.apply(tracer.startActiveSpan, tracer, args) as ReturnType<F>;
  }
}

const lazyPropagator = (sdk: () => Sdk | undefined): TextMapPropagator => ({
  inject: (from, carrier, setter) => sdk()?.propagator.inject(from, carrier, setter),
  extract: (into, carrier, getter) => sdk()?.propagator.extract(into, carrier, getter) ?? into,
  fields: () => ['traceparent', 'tracestate', 'baggage'],
});

/**
 * Makes this the process's OpenTelemetry SDK, so that spans of the application and of its libraries are exported and ours
 * become their children. Returns false when somebody else was first.
 */
export function registerGlobally(load: () => Sdk, guard: Guard): boolean {
  const sdk = () => guard.run('sdk', load, undefined);
  const registered = trace.setGlobalTracerProvider({
    getTracer: (name, version, options) =>
      new LazyTracer(() => sdk()?.provider.getTracer(name, version, options) ?? idle),
  });
  if (!registered) return false;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(lazyPropagator(sdk));
  return true;
}
