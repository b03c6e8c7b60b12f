export type { AttributeValue, SpanListener, SpanRecord } from './span/record.ts';
export { type Handle, type StartOptions, start } from './start.ts';
