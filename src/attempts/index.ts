export * from './advice.ts';
export * from './announced.ts';
export * from './body.ts';
export * from './telemetry.ts';
