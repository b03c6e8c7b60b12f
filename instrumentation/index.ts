/**
 * Starting the engine from code, and hooks of your own: docs/extending.md. Nothing here throws into a call.
 * @experimental
 */
export type { CustomProvider } from '../src/providers/index.ts';
export type { Hooks, OutboundCall } from './hooks/types.ts';
export type { Classification, Classify, HookedAnswer } from './judge/types.ts';
export type { AttributeValue, SpanLink, SpanListener, SpanRecord } from './span/record.ts';
export { getEngine, type Handle, type StartOptions, start } from './start.ts';
