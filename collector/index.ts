export type { CollectorContext, Route } from './base/context.ts';
export type { FailedSpan } from './base/failed-span.ts';
export { type Collector, StartError, startCollector } from './start.ts';
