import { readFileSync } from 'node:fs';
import { NAME, VERSION } from '../../src/version.ts';
import type { Reader } from '../base/environment.ts';

export const USER_AGENT = `${NAME}/${VERSION}`;

export type Protocol = 'http/protobuf' | 'http/json' | 'grpc';
export type Signal = 'traces' | 'metrics';

/** Where and how one signal leaves (OpenTelemetry Protocol Exporter specification, "Configuration Options"). */
export interface Endpoint {
  readonly signal: Signal;
  readonly url: URL;
  readonly protocol: Protocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  /** PEM texts for TLS: trusted roots, client certificate and key. */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
}

/** One signal's variables. */
interface Variables {
  readonly reader: Reader;
  readonly signal: Signal;
  /** `OTEL_EXPORTER_OTLP_TRACES_` and the like. */
  readonly prefix: string;
}

/** The signal's own variable wins over the general one. */
const either = ({ reader, prefix }: Variables, name: string): string | undefined =>
  reader.text(`${prefix}${name}`) ?? reader.text(`OTEL_EXPORTER_OTLP_${name}`);

/** gRPC takes an endpoint without a scheme; whether it is TLS then says another variable. */
function withScheme(variables: Variables, text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return `${either(variables, 'INSECURE')?.toLowerCase() === 'true' ? 'http' : 'https'}://${text}`;
}

function urlOf(variables: Variables, protocol: Protocol): URL {
  const { reader, signal, prefix } = variables;
  const isGrpc = protocol === 'grpc';
  const standard = isGrpc ? 'http://localhost:4317' : `http://localhost:4318/v1/${signal}`;
  const own = reader.text(`${prefix}ENDPOINT`);
  const general = reader.text('OTEL_EXPORTER_OTLP_ENDPOINT');
  const stated = own ?? (general === undefined || isGrpc ? general : `${general.replace(/\/+$/, '')}/v1/${signal}`);
  const text = isGrpc && stated !== undefined ? withScheme(variables, stated) : (stated ?? standard);
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch {
    // reported below
  }
  reader.problems.push(`OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL`);
  return new URL(standard);
}

function protocolOf(variables: Variables): Protocol {
  const { reader } = variables;
  const text = either(variables, 'PROTOCOL') ?? 'http/protobuf';
  if (text === 'http/protobuf' || text === 'http/json' || text === 'grpc') return text;
  reader.problems.push(`OTEL_EXPORTER_OTLP_PROTOCOL '${text}' is not supported, http/protobuf is used`);
  return 'http/protobuf';
}

function fileOf(variables: Variables, name: string): Buffer | undefined {
  const { reader } = variables;
  const path = either(variables, name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch {
    // told as a problem of the configuration
    reader.problems.push(`OTEL_EXPORTER_OTLP_${name} cannot be read`);
    return undefined;
  }
}

export function endpointOf(reader: Reader, signal: Signal = 'traces'): Endpoint {
  const prefix = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_`;
  const variables = { reader, signal, prefix };
  const ca = fileOf(variables, 'CERTIFICATE');
  const cert = fileOf(variables, 'CLIENT_CERTIFICATE');
  const key = fileOf(variables, 'CLIENT_KEY');
  const compression = either(variables, 'COMPRESSION') ?? 'none';
  if (compression !== 'gzip' && compression !== 'none')
    reader.problems.push(`OTEL_EXPORTER_OTLP_COMPRESSION must be gzip or none, not '${compression}'`);
  const protocol = protocolOf(variables);
  return {
    signal,
    url: urlOf(variables, protocol),
    protocol,
    headers: Object.fromEntries([...reader.pairs('OTEL_EXPORTER_OTLP_HEADERS'), ...reader.pairs(`${prefix}HEADERS`)]),
    timeoutMs: reader.integer(`${prefix}TIMEOUT`, reader.integer('OTEL_EXPORTER_OTLP_TIMEOUT', 10_000)),
    gzip: compression === 'gzip',
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  };
}

/** Whether somebody said where traces go. */
export const isStated = (reader: Reader): boolean =>
  (reader.text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? reader.text('OTEL_EXPORTER_OTLP_ENDPOINT')) !== undefined;
