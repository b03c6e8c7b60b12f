/**
 * The names that faultlayer writes and reads, as tables: docs/contract.md. Names are added, never renamed.
 * @stable
 */
export * from './attempt.ts';
export * from './attributes.ts';
export * from './dashboards.ts';
export * from './failure.ts';
export * from './layers.ts';
export * from './limits.ts';
export * from './metrics.ts';
export * from './reasons.ts';
export * from './self-metrics.ts';
