/** Arrays only where the semantic conventions ask for them: headers. */
export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** Another span, by its IDs. */
export interface SpanLink {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
}

/** One finished client span but for its attributes. */
export interface SpanHead extends SpanLink {
  /** The span around it; undefined for the first of a trace. */
  readonly parentSpanId: string | undefined;
  /** The parent came over the wire (from a `traceparent` header). */
  readonly parentIsRemote: boolean;
  /** W3C trace flags; bit 0 = sampled. */
  readonly traceFlags: number;
  /** W3C `tracestate`; empty where there is none. */
  readonly traceState: string;
  /** Method and URL template. */
  readonly name: string;
  /** Unix epoch, milliseconds with fraction. */
  readonly startMs: number;
  /** Unix epoch, milliseconds with fraction. */
  readonly endMs: number;
  /** The call failed; a cancelled one did not. */
  readonly failed: boolean;
  /** Attempts of the same call before this one. */
  readonly links: readonly SpanLink[];
}

/** One finished client span, as everything but our own way to the wire reads it: the SDK's exporters and the in-process metrics. */
export interface SpanRecord extends SpanHead {
  /** By the names of `faultlayer/contract`. */
  readonly attributes: Attributes;
}

/** IDs of a call that has no span. */
export const NO_TRACE = '0'.repeat(32);
export const NO_SPAN = '0'.repeat(16);

/** Gets every finished client span, own or adopted, before sampling: what counts must not depend on what is exported. */
export type SpanListener = (span: SpanRecord) => void;
