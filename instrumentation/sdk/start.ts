import { createRequire, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { registeredProvider } from '../span/context.ts';

/** What `FAULTLAYER_SPANS=sdk` needs: optional peers of this package. */
export const PEERS = [
  '@opentelemetry/sdk-node',
  '@opentelemetry/instrumentation-http',
  '@opentelemetry/instrumentation-undici',
] as const;

export interface RunningSdk {
  /** Sends the spans that wait in its processors. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** As seen from this package, or else from the application: a preload may lie elsewhere. */
function loader(): NodeJS.Require | undefined {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const require = createRequire(from);
    try {
      for (const name of PEERS) require.resolve(name);
      return require;
    } catch {
      // the next place
    }
  }
  return undefined;
}

/**
 * Starts the OpenTelemetry SDK for Node.js with its HTTP instrumentations: it makes the spans and sends them, as `OTEL_*` or `OTEL_CONFIG_FILE` say.
 * Loading `http` and `https` at once and syncing the built-ins' ES exports gives an ESM application one span per call, without a loader hook.
 * @returns undefined when a package is missing
 */
export function startSdk(): RunningSdk | undefined {
  const load = loader();
  if (load === undefined) return undefined;
  const { startNodeSdk } = load(PEERS[0]) as typeof import('@opentelemetry/sdk-node');
  // older than 0.208
  if (typeof startNodeSdk !== 'function') return undefined;
  const { HttpInstrumentation } = load(PEERS[1]) as typeof import('@opentelemetry/instrumentation-http');
  const { UndiciInstrumentation } = load(PEERS[2]) as typeof import('@opentelemetry/instrumentation-undici');
  // its default would write to stdout
  const logLevel = process.env['OTEL_LOG_LEVEL'] || 'warn';
  const instrumentations = [new HttpInstrumentation(), new UndiciInstrumentation()];
  const sdk = startNodeSdk({ logLevel, instrumentations });
  load('node:http');
  load('node:https');
  syncBuiltinESMExports();
  return {
    // the SDK's handle only shuts down; its provider is found as everybody finds it
    flush: async () => (registeredProvider() as { forceFlush?(): Promise<void> } | undefined)?.forceFlush?.(),
    stop: () => sdk.shutdown(),
  };
}
