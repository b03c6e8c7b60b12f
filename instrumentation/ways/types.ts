import type { AttemptTracker } from '../attempts/tracker.ts';
import type { Guard } from '../base/guard.ts';
import type { Call } from '../capture/types.ts';
import type { Copies } from '../export/copies.ts';
import type { Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';
import type { Attributes, AttributeValue, SpanListener } from '../span/record.ts';

interface Wanted {
  /** Another collector than ours gets none. */
  isWanted(): boolean;
}

/** What every kind of span needs. */
export interface SinkParts {
  /** Adds what the call itself tells; returns the name of its span. */
  readonly describe: (attributes: AttributeList, call: Call, outcome: Outcome) => string;
  readonly attempts: AttemptTracker;
  readonly listeners: readonly SpanListener[];
  readonly guard: Guard;
  /** Takes failures whose spans are not ours to send. */
  readonly copies?: (Copies & Wanted) | undefined;
}

/** What SDK 1, 2 and 3 spans have in common; Sentry's are read through `attributesOn` and `statusOn`. */
export interface ForeignSpan {
  readonly name?: string;
  readonly kind?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly status?: { readonly code: number; readonly message?: string };
  readonly events?: readonly { attributes?: Record<string, unknown> }[];
  spanContext(): { traceId: string; spanId: string; traceFlags: number };
  isRecording(): boolean;
  setAttribute(name: string, value: AttributeValue): unknown;
  setAttributes(attributes: Attributes): unknown;
  updateName(name: string): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  addLinks?(links: unknown[]): unknown;
  end(endTime?: unknown): void;
}
