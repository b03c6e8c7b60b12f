import { type Config, loadConfig } from '../src/config.ts';

/**
 * How a collector in your own process is set up. Every field is optional; its default is that of the variable in brackets, which is not read
 * here: `startCollector` looks at no environment.
 */
export interface CollectorOptions {
  /** Address of OTLP over HTTP and gRPC; `localhost` is 127.0.0.1 and, where it exists, ::1 [FAULTLAYER_OTLP_HOST]. */
  readonly otlpHost?: string;
  /** Port of OTLP/HTTP; 0 is any that is free [FAULTLAYER_OTLP_PORT]. */
  readonly otlpPort?: number;
  /** Port of OTLP/gRPC; 0 is any that is free, `off` none. Left out: 4317 where it is free, any where `otlpPort` is 0 [FAULTLAYER_OTLP_GRPC_PORT]. */
  readonly otlpGrpcPort?: number | 'off' | undefined;
  /** Bearer token that every sender must show [FAULTLAYER_OTLP_TOKEN]. */
  readonly otlpToken?: string | undefined;
  /** File of the receiver's certificate chain, PEM [FAULTLAYER_OTLP_TLS_CERT]. */
  readonly otlpTlsCert?: string | undefined;
  /** File of its key, PEM [FAULTLAYER_OTLP_TLS_KEY]. */
  readonly otlpTlsKey?: string | undefined;
  /** Address of metrics, health and pages [FAULTLAYER_HTTP_HOST]. */
  readonly httpHost?: string;
  /** Port of these; 0 is any that is free [FAULTLAYER_HTTP_PORT]. */
  readonly httpPort?: number;
  /** Token of the failure pages; left out, one is made and kept in a file [FAULTLAYER_HTTP_TOKEN]. */
  readonly httpToken?: string | undefined;
  /** File that holds the token of the failure pages [FAULTLAYER_HTTP_TOKEN_FILE]. */
  readonly httpTokenFile?: string | undefined;
  /** Pages without a token for this host itself [FAULTLAYER_OPEN_LOCAL]. */
  readonly openLocal?: boolean;
  /** Addresses of authenticating proxies, which need no token either [FAULTLAYER_TRUSTED_PROXIES]. */
  readonly trustedProxies?: readonly string[];
  /** File of the pages' certificate chain, PEM [FAULTLAYER_HTTP_TLS_CERT]. */
  readonly httpTlsCert?: string | undefined;
  /** File of its key, PEM [FAULTLAYER_HTTP_TLS_KEY]. */
  readonly httpTlsKey?: string | undefined;
  /** Host names under which the pages are served, besides localhost and addresses [FAULTLAYER_HTTP_HOSTS]. */
  readonly httpHosts?: readonly string[];
  /** Where people reach the pages, for links [FAULTLAYER_PUBLIC_URL]. */
  readonly publicUrl?: string | undefined;
  /** Grafana that has the dashboards [FAULTLAYER_GRAFANA_URL]. */
  readonly grafanaUrl?: string | undefined;
  /** Folder of the runbooks that pages link to [FAULTLAYER_RUNBOOKS_URL]. */
  readonly runbooksUrl?: string;
  /** SQLite file in which failures survive a restart [FAULTLAYER_EVIDENCE_FILE]. */
  readonly evidenceFile?: string | undefined;
  /** `stdout`, `stderr` or a file that gets a JSON line per failure [FAULTLAYER_EVIDENCE_LOG]. */
  readonly evidenceLog?: string | undefined;
  /** OTLP/HTTP logs endpoint that gets a record per failure [FAULTLAYER_EVIDENCE_LOGS_ENDPOINT]. */
  readonly evidenceLogsEndpoint?: string | undefined;
  /** OTLP/HTTP endpoint that gets every body as it came [FAULTLAYER_FORWARD_ENDPOINT]. */
  readonly forwardEndpoint?: string | undefined;
  /** Headers for it: `name=value,…` [FAULTLAYER_FORWARD_HEADERS]. */
  readonly forwardHeaders?: string;
  /** Host → provider name, before the catalogue [FAULTLAYER_PROVIDERS]. */
  readonly providers?: Config['providers'];
  /** MiB of heap and buffers past which bodies are refused [FAULTLAYER_MEMORY_LIMIT]. */
  readonly memoryLimit?: number;
  /** Seconds after which a series without a call is dropped [FAULTLAYER_SERIES_IDLE]. */
  readonly seriesIdle?: number;
  /** Seconds that `close` waits for a last scrape at most [FAULTLAYER_STOP_SECONDS]. */
  readonly stopSeconds?: number;
  /** `none`, `error`, `warn`, `info` or `debug` [FAULTLAYER_LOG_LEVEL]. */
  readonly logLevel?: string | undefined;
}

/** The whole configuration: what was left out has its default. */
export function configOf(options: CollectorOptions): Config {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...loadConfig({}).config, ...(Object.fromEntries(given) as Partial<Config>) };
}
