/**
 * A collector in your own process: docs/collector.md.
 * @experimental
 */
export { StartError } from './listen.ts';
export type { CollectorOptions } from './options.ts';
export { type Collector, startCollector } from './start.ts';
