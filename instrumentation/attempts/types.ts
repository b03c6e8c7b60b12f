import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';
import type { SpanIds } from '../span/record.ts';

/** Reads attempts: adds what earlier calls say about this one. */
export interface AttemptTracker {
  start(call: Call): void;
  /** Says which span is this attempt's, as soon as it is known; links point there. */
  identify(call: Call, span: SpanIds): void;
  /** The call's answer failed, or may have; what it says comes later. */
  noted(call: Call): void;
  /** Adds this attempt's attributes and returns its links. */
  end(call: Call, outcome: Outcome, attributes: AttributeList): readonly SpanIds[];
}
