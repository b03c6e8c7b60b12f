export type { CustomProvider } from '../src/providers/index.ts';
export type { Hooks, OutboundCall } from './hooks/types.ts';
export type { Classification, HookedAnswer } from './judge/types.ts';
export type { AttributeValue, SpanListener, SpanRecord } from './span/record.ts';
export { getEngine, type Handle, type StartOptions, start } from './start.ts';
