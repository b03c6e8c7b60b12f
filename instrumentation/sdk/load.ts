import { createRequire } from 'node:module';

/** The file each form of this package keeps the SDK half in: bundled, compiled, source. */
const suffix = import.meta.url.endsWith('.cjs') ? '.bundle.cjs' : import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/**
 * Loads the parts built on the OpenTelemetry SDK, synchronously and only when something needs them: they cost ten times what
 * the rest of the preload does. State is handed over, never shared, because a bundle has copies of its own.
 */
export const loadSdk = (): typeof import('./sdk.ts') => createRequire(import.meta.url)(`./sdk${suffix}`);
export const loadStock = (): typeof import('./stock.ts') => createRequire(import.meta.url)(`./stock${suffix}`);
export const loadConfigFile = (): typeof import('./config-file.ts') =>
  createRequire(import.meta.url)(`./config-file${suffix}`);
