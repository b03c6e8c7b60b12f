export type { CollectorContext, Route } from './base/context.ts';
export type { FailedSpan } from './base/failed-span.ts';
export { StartError } from './listen.ts';
export type { CollectorOptions } from './options.ts';
export { type Collector, startCollector } from './start.ts';
