import type { Provider } from '../../providers/provider.ts';
import type { Evidence } from '../base/types.ts';
import type { HeaderPlan } from '../read/header-plan.ts';

/** An answer's evidence but for its request ID, and what the search for that one needs. */
export interface Classified {
  readonly evidence: Readonly<Evidence>;
  readonly failed: boolean;
  readonly provider: Provider | undefined;
  /** Whether the request ID of a CDN will do. */
  readonly trustsEdge: boolean;
}

/** How the newest answer with one body was classified, and everything but the body that this was read from. */
export interface CachedAnswer {
  readonly status: number;
  readonly host: string;
  readonly plan: HeaderPlan;
  /** The headers that were asked for; those that were not there, the plan tells. */
  readonly asked: readonly (readonly [name: string, value: string | undefined])[];
  readonly classified: Classified;
}
