import { readFileSync } from 'node:fs';
import type { Reader } from '../base/environment.ts';

export type Protocol = 'http/protobuf' | 'http/json';

/** Where and how spans leave (OpenTelemetry Protocol Exporter specification, "Configuration Options"). */
export interface Endpoint {
  readonly url: URL;
  readonly protocol: Protocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  /** PEM texts for TLS: trusted roots, client certificate and key. */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

const DEFAULT_URL = 'http://localhost:4318/v1/traces';

/** The signal's own variable wins over the general one. */
const either = (reader: Reader, name: string): string | undefined =>
  reader.text(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? reader.text(`OTEL_EXPORTER_OTLP_${name}`);

function urlOf(reader: Reader): URL {
  const own = reader.text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const general = reader.text('OTEL_EXPORTER_OTLP_ENDPOINT');
  const text = own ?? (general === undefined ? DEFAULT_URL : `${general.replace(/\/+$/, '')}/v1/traces`);
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // reported below
  }
  reader.problems.push(`OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL`);
  return new URL(DEFAULT_URL);
}

function protocolOf(reader: Reader): Protocol {
  const text = either(reader, 'PROTOCOL') ?? 'http/protobuf';
  if (text === 'http/protobuf' || text === 'http/json') return text;
  reader.problems.push(`OTEL_EXPORTER_OTLP_PROTOCOL '${text}' is not supported, http/protobuf is used`);
  return 'http/protobuf';
}

function fileOf(reader: Reader, name: string): Buffer | undefined {
  const path = either(reader, name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch {
    reader.problems.push(`OTEL_EXPORTER_OTLP_${name} cannot be read`);
    return undefined;
  }
}

export function endpointOf(reader: Reader): Endpoint {
  const ca = fileOf(reader, 'CERTIFICATE');
  const cert = fileOf(reader, 'CLIENT_CERTIFICATE');
  const key = fileOf(reader, 'CLIENT_KEY');
  const compression = either(reader, 'COMPRESSION') ?? 'none';
  if (compression !== 'gzip' && compression !== 'none')
    reader.problems.push(`OTEL_EXPORTER_OTLP_COMPRESSION must be gzip or none, not '${compression}'`);
  return {
    url: urlOf(reader),
    protocol: protocolOf(reader),
    headers: Object.fromEntries([
      ...reader.pairs('OTEL_EXPORTER_OTLP_HEADERS'),
      ...reader.pairs('OTEL_EXPORTER_OTLP_TRACES_HEADERS'),
    ]),
    timeoutMs: reader.integer(
      'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
      reader.integer('OTEL_EXPORTER_OTLP_TIMEOUT', 10_000),
    ),
    gzip: compression === 'gzip',
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  };
}
