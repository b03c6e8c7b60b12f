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

export function endpointOf(reader: Reader, signal: Signal = 'traces'): Endpoint {
  const prefix = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_`;
  /** The signal's own variable wins over the general one. */
  const either = (name: string): string | undefined =>
    reader.text(`${prefix}${name}`) ?? reader.text(`OTEL_EXPORTER_OTLP_${name}`);
  /** One of a few words. */
  const wordOf = <T extends string>(name: string, otherwise: T, ...others: T[]): T => {
    const text = either(name) ?? otherwise;
    const found = [otherwise, ...others].find((word) => word === text);
    if (found === undefined)
      reader.problems.push(`OTEL_EXPORTER_OTLP_${name} '${text}' is not supported, ${otherwise} is used`);
    return found ?? otherwise;
  };
  const fileOf = <K extends string>(key: K, name: string): { readonly [key in K]?: Buffer } => {
    const path = either(name);
    try {
      return path === undefined ? {} : ({ [key]: readFileSync(path) } as { readonly [key in K]: Buffer });
    } catch {
      // told as a problem of the configuration
      reader.problems.push(`OTEL_EXPORTER_OTLP_${name} cannot be read`);
      return {};
    }
  };
  const protocol = wordOf<Protocol>('PROTOCOL', 'http/protobuf', 'http/json', 'grpc');
  const general = reader.text('OTEL_EXPORTER_OTLP_ENDPOINT');
  let standard = `http://localhost:4318/v1/${signal}`;
  let stated = reader.text(`${prefix}ENDPOINT`) ?? (general && `${general.replace(/\/+$/, '')}/v1/${signal}`);
  if (protocol === 'grpc') {
    standard = 'http://localhost:4317';
    stated = either('ENDPOINT');
    // it may come without a scheme; whether it is TLS then says another variable
    const scheme = either('INSECURE')?.toLowerCase() === 'true' ? 'http' : 'https';
    if (stated !== undefined && !/^[a-z][a-z0-9+.-]*:\/\//i.test(stated)) stated = `${scheme}://${stated}`;
  }
  let url = URL.parse(stated ?? standard);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    reader.problems.push('OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL');
    url = new URL(standard);
  }
  return {
    signal,
    url,
    protocol,
    headers: Object.fromEntries([...reader.pairs('OTEL_EXPORTER_OTLP_HEADERS'), ...reader.pairs(`${prefix}HEADERS`)]),
    timeoutMs: reader.integer(`${prefix}TIMEOUT`, reader.integer('OTEL_EXPORTER_OTLP_TIMEOUT', 10_000)),
    gzip: wordOf('COMPRESSION', 'none', 'gzip') === 'gzip',
    tls: { ...fileOf('ca', 'CERTIFICATE'), ...fileOf('cert', 'CLIENT_CERTIFICATE'), ...fileOf('key', 'CLIENT_KEY') },
  };
}

/** Whether somebody said where traces go. */
export const isStated = (reader: Reader): boolean =>
  (reader.text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? reader.text('OTEL_EXPORTER_OTLP_ENDPOINT')) !== undefined;
