export * from './attributes.ts';
export * from './dashboards.ts';
export * from './failure.ts';
export * from './layers.ts';
export * from './metrics.ts';
export * from './phases.ts';
export * from './reasons.ts';
export * from './self-metrics.ts';
