import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Environment } from './environment.ts';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((node, key) => (isNode(node) ? node[key] : undefined), value);
const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** `${NAME}`, `${env:NAME}` with an optional default, and `$$` (Configuration data model, "Environment variable substitution"). */
const REFERENCE = /\$\$|\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}\n]*))?\}/g;
const substituted = (text: string, env: Environment): string =>
  text.replace(REFERENCE, (all, name?: string, otherwise = '') => (all === '$$' ? '$' : env[name!] || otherwise));

/** `key=value` pairs as the variables have them. The list's own form loses against single entries. */
function pairs(list: unknown, entries: readonly unknown[]): string | undefined {
  const own = entries.filter(isNode).map(({ name, value }) => `${name}=${encodeURIComponent(String(value ?? ''))}`);
  return [...(typeof list === 'string' ? [list] : []), ...own].join(',') || undefined;
}

/** The variables of one signal's exporter, by the file's. */
function exporterOf(exporter: unknown, signal: string): Record<string, unknown> {
  const grpc = at(exporter, 'otlp_grpc');
  const otlp = grpc ?? at(exporter, 'otlp_http');
  if (!isNode(otlp)) return {};
  const encoding = at(otlp, 'encoding') === 'json' ? 'http/json' : 'http/protobuf';
  const variables = {
    ENDPOINT: at(otlp, 'endpoint'),
    PROTOCOL: grpc === undefined ? encoding : 'grpc',
    HEADERS: pairs(at(otlp, 'headers_list'), listAt(otlp, 'headers')),
    COMPRESSION: at(otlp, 'compression'),
    TIMEOUT: at(otlp, 'timeout'),
    CERTIFICATE: at(otlp, 'tls', 'ca_file'),
    CLIENT_KEY: at(otlp, 'tls', 'key_file'),
    CLIENT_CERTIFICATE: at(otlp, 'tls', 'cert_file'),
    INSECURE: at(otlp, 'tls', 'insecure'),
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`OTEL_EXPORTER_OTLP_${signal}_${name}`, value]),
  );
}

function samplerOf(sampler: unknown): Record<string, unknown> {
  const root = at(sampler, 'parent_based', 'root') ?? sampler;
  const name = isNode(root) ? Object.keys(root)[0] : undefined;
  if (name === undefined) return {};
  const known = name === 'trace_id_ratio_based' ? 'traceidratio' : name;
  return {
    OTEL_TRACES_SAMPLER: root === sampler ? known : `parentbased_${known}`,
    OTEL_TRACES_SAMPLER_ARG: at(root, name, 'ratio'),
  };
}

/** Traces and metrics leave as their first OTLP exporters say. */
function variablesOf(file: Node): Record<string, unknown> {
  const processors = listAt(file, 'tracer_provider', 'processors').map((p) =>
    isNode(p) ? (p['batch'] ?? p['simple']) : undefined,
  );
  const exporters = processors.map((processor) => at(processor, 'exporter')).filter(isNode);
  const isOtlp = (exporter: unknown): boolean =>
    isNode(exporter) && ('otlp_http' in exporter || 'otlp_grpc' in exporter);
  const batch = processors.find((processor) => isOtlp(at(processor, 'exporter')));
  const readers = listAt(file, 'meter_provider', 'readers').map((reader) => at(reader, 'periodic'));
  const metrics = readers.find((reader) => isOtlp(at(reader, 'exporter')));
  const names = exporters.map((exporter) => (isOtlp(exporter) ? 'otlp' : Object.keys(exporter)[0]));
  return {
    OTEL_SDK_DISABLED: at(file, 'disabled'),
    OTEL_LOG_LEVEL: at(file, 'log_level'),
    OTEL_RESOURCE_ATTRIBUTES: pairs(at(file, 'resource', 'attributes_list'), listAt(file, 'resource', 'attributes')),
    OTEL_PROPAGATORS:
      [...listAt(file, 'propagator', 'composite').flatMap((one) => (isNode(one) ? Object.keys(one) : []))].join() ||
      at(file, 'propagator', 'composite_list'),
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: at(file, 'attribute_limits', 'attribute_value_length_limit'),
    OTEL_ATTRIBUTE_COUNT_LIMIT: at(file, 'attribute_limits', 'attribute_count_limit'),
    OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: at(file, 'tracer_provider', 'limits', 'attribute_value_length_limit'),
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: at(file, 'tracer_provider', 'limits', 'attribute_count_limit'),
    OTEL_SPAN_LINK_COUNT_LIMIT: at(file, 'tracer_provider', 'limits', 'link_count_limit'),
    ...samplerOf(at(file, 'tracer_provider', 'sampler')),
    OTEL_TRACES_EXPORTER: names.join() || 'none',
    ...exporterOf(at(batch, 'exporter'), 'TRACES'),
    OTEL_BSP_SCHEDULE_DELAY: at(batch, 'schedule_delay'),
    OTEL_BSP_MAX_QUEUE_SIZE: at(batch, 'max_queue_size'),
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: at(batch, 'max_export_batch_size'),
    OTEL_METRICS_EXPORTER: metrics === undefined ? 'none' : 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: at(metrics, 'interval'),
    ...exporterOf(at(metrics, 'exporter'), 'METRICS'),
  };
}

/**
 * The environment as `OTEL_CONFIG_FILE` declares it (OpenTelemetry specification, declarative configuration): the file takes the place of every other
 * variable of OpenTelemetry's. Its keys are told by the variables that say the same, so that both are read in one way.
 * @returns the environment itself where no file is named, with a sentence where it cannot be used
 */
export function declared(env: Environment): { readonly env: Environment; readonly problem?: string } {
  const path = env['OTEL_CONFIG_FILE']?.trim();
  if (!path) return { env };
  try {
    // asked for by its name at the time: few processes need it, and it is no small one
    const { parse } = createRequire(import.meta.url)('yaml') as { parse(text: string): unknown };
    const file = parse(substituted(readFileSync(path, 'utf8'), env));
    if (!isNode(file) || file['file_format'] === undefined) throw new Error('it has no file_format');
    const kept = Object.entries(env).filter(([name]) => !name.startsWith('OTEL_'));
    const told = Object.entries(variablesOf(file)).filter(([, value]) => value !== undefined && value !== null);
    return { env: Object.fromEntries([...kept, ...told.map(([name, value]) => [name, String(value)])]) };
  } catch (error) {
    return { env, problem: `OTEL_CONFIG_FILE cannot be used: ${(error as Error).message.split('\n')[0]}` };
  }
}
