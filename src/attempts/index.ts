export * from './advice.ts';
export * from './announced.ts';
export * from './announced.ts';
export * from './body.ts';
export * from './kind.ts';
export * from './repeated.ts';
export * from './telemetry.ts';
