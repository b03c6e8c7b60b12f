export type { CollectorContext, Route } from './context.ts';
export type { FailedSpan } from './failed-span.ts';
export { type Collector, StartError, startCollector } from './start.ts';
