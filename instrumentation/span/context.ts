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
/** Immutable, as the API has it. */
export interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}
type Registered = { getDelegate?(): unknown };
interface ApiGlobal {
  context?: { active(): Context; with<T>(context: Context, fn: () => T): T };
  trace?: Registered;
  propagation?: unknown;
  metrics?: unknown;
}

const api = (): ApiGlobal | undefined => (globalThis as Record<symbol, unknown>)[API] as ApiGlobal | undefined;

/** Whether the application has registered a MeterProvider. */
export const hasMeterProvider = (): boolean => api()?.metrics !== undefined;

/** The registered tracer provider, behind the API's proxy; undefined while nobody registered one. */
export const registeredProvider = (): unknown => {
  const registered = api()?.trace;
  return registered?.getDelegate?.() ?? registered;
};

export interface Propagator {
  inject(context: Context, carrier: unknown, setter: { set(carrier: never, name: string, value: string): void }): void;
}
/** The registered {@link Propagator}. */
export const registeredPropagator = (): unknown => api()?.propagation;

export type ActiveContext = Context | undefined;
export const activeContext = (): ActiveContext => api()?.context?.active();
export const spanOf = (context: Context | undefined): ActiveSpan | undefined =>
  context?.getValue(SPAN) as ActiveSpan | undefined;
/** Is a request that is made now no application's, but an exporter's? */
export const isSuppressed = (context: Context | undefined): boolean =>
  suppressing > 0 || context?.getValue(SUPPRESSED) === true;

/** A context without a manager: what the API calls its root, with what is set on it. */
class Root implements Context {
  private readonly values: ReadonlyMap<symbol, unknown>;
  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.values = values;
  }
  getValue(key: symbol): unknown {
    return this.values.get(key);
  }
  setValue(key: symbol, value: unknown): Context {
    return new Root(new Map(this.values).set(key, value));
  }
  deleteValue(key: symbol): Context {
    return new Root(new Map([...this.values].filter(([other]) => other !== key)));
  }
}
/** The same context with this span as the active one. */
export const withSpan = (context: Context | undefined, span: ActiveSpan): Context =>
  (context ?? new Root(new Map())).setValue(SPAN, span);

export interface Baggage {
  getAllEntries(): [string, { value: string; metadata?: { toString(): string } }][];
}
export const baggageOf = (context: Context | undefined): Baggage | undefined =>
  context?.getValue(BAGGAGE) as Baggage | undefined;

let suppressing = 0;

/** Runs `fn` so that nobody makes spans of the requests it starts. */
export function suppressed<T>(fn: () => T): T {
  const manager = api()?.context;
  suppressing++;
  try {
    return manager ? manager.with(manager.active().setValue(SUPPRESSED, true), fn) : fn();
  } finally {
    suppressing--;
  }
}
