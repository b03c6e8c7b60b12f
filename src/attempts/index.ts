export * from './advice.ts';
export * from './announced.ts';
export * from './hashes.ts';
export * from './telemetry.ts';
