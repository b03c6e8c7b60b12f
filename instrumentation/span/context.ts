/**
 * The active OpenTelemetry context, read through the global the API registers itself under. Going through an own copy of the
 * API would see nothing when the application's copy is older (the API hides a newer minor version from an older one).
 */
const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const BAGGAGE = Symbol.for('OpenTelemetry Baggage Key');

export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
  readonly traceState?: { serialize(): string } | undefined;
}
export interface ActiveSpan {
  spanContext(): SpanContext;
}
interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}
interface ApiGlobal {
  context?: { active(): Context; with<T>(context: Context, fn: () => T): T };
  trace?: { getDelegate?: () => unknown; getTracer?: unknown };
  propagation?: unknown;
}

const api = (): ApiGlobal | undefined => (globalThis as Record<symbol, unknown>)[API] as ApiGlobal | undefined;

/** The registered tracer provider (a proxy of the API), or undefined while nobody registered one. */
export const registeredProvider = (): ApiGlobal['trace'] => api()?.trace;

/** The registered propagator, a `TextMapPropagator`. */
export const registeredPropagator = (): unknown => api()?.propagation;

export type ActiveContext = Context | undefined;
export const activeContext = (): ActiveContext => api()?.context?.active();
export const spanOf = (context: Context | undefined): ActiveSpan | undefined =>
  context?.getValue(SPAN) as ActiveSpan | undefined;
export const isSuppressed = (context: Context | undefined): boolean => context?.getValue(SUPPRESSED) === true;

export interface Baggage {
  getAllEntries(): [string, { value: string; metadata?: { toString(): string } }][];
}
export const baggageOf = (context: Context | undefined): Baggage | undefined =>
  context?.getValue(BAGGAGE) as Baggage | undefined;

/** Runs `fn` so that no instrumentation makes spans of what it does. */
export function suppressed<T>(fn: () => T): T {
  const manager = api()?.context;
  return manager ? manager.with(manager.active().setValue(SUPPRESSED, true), fn) : fn();
}
