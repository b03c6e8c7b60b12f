import { startNodeSdk } from '@opentelemetry/sdk-node';

/**
 * `OTEL_CONFIG_FILE`: the SDK as the file describes it (OpenTelemetry declarative configuration). Only this loads
 * `@opentelemetry/sdk-node`, and its exporters bring their own retries: they may outlive our budget at the process's end.
 */
export function startFromFile(): () => Promise<void> {
  const sdk = startNodeSdk();
  return () => sdk.shutdown();
}
