/**
 * A collector in your own process: docs/collector.md.
 * @experimental
 */
export type { CollectorOptions } from './generated/options.ts';
export { StartError } from './listen.ts';
export { type Collector, startCollector } from './start.ts';
