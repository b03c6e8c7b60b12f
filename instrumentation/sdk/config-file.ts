import { startNodeSdk } from '@opentelemetry/sdk-node';
import { registeredProvider } from '../span/context.ts';

/** The API hands out a proxy; the provider behind it is what flushes. */
interface Flushing {
  getDelegate?(): Flushing;
  forceFlush?(): Promise<void>;
}

/**
 * `OTEL_CONFIG_FILE`: the SDK as the file describes it (OpenTelemetry declarative configuration). Only this loads
 * `@opentelemetry/sdk-node`, and its exporters bring their own retries: they may outlive our budget at the process's end.
 */
export function startFromFile(): { flush(): Promise<void>; stop(): Promise<void> } {
  const sdk = startNodeSdk();
  return {
    // the SDK's handle only shuts down; its provider is found as everybody finds it
    flush: async () => {
      const registered = registeredProvider() as Flushing | undefined;
      await (registered?.getDelegate?.() ?? registered)?.forceFlush?.();
    },
    stop: () => sdk.shutdown(),
  };
}
