import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Aggregator } from '../../src/aggregate/index.ts';
import type { Config } from '../../src/config.ts';
import type { FailedSpan } from './failed-span.ts';
import type { Faults } from './faults.ts';
import type { Log } from './log.ts';
import type { SelfMetrics } from './own-metrics.ts';

/** What the parts of one running collector share. */
export interface CollectorContext {
  readonly config: Config;
  readonly aggregator: Aggregator;
  readonly self: SelfMetrics;
  readonly log: Log;
  readonly faults: Faults;
  /** Undefined while the collector takes bodies; else why it does not. */
  readonly notReady: () => string | undefined;
  /** Browsers that follow the live feed now. */
  readonly live: { readers: number };
  /** Calls the listener with every span that has `api.failure.layer`, up to a number per second. Returns how to stop. */
  onFailedSpan(listener: (span: FailedSpan) => void): () => void;
  /** Called when the collector closes. */
  onClose(listener: () => void): void;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** An exact path, or a prefix when it ends in `/*`. */
  readonly path: string;
  readonly handle: (req: IncomingMessage, res: ServerResponse, ctx: CollectorContext) => void | Promise<void>;
}
