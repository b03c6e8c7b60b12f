import { optionsOf, parsers, port } from './option.ts';

const { option, text, secret, flag, list } = optionsOf('collector');

/** What the collector and the command line read. */
export const COLLECTOR = {
  otlpHost: option(
    'FAULTLAYER_OTLP_HOST',
    parsers.text,
    'address the OTLP receiver listens on; localhost is 127.0.0.1 and, where it exists, ::1',
    'localhost',
  ),
  otlpPort: option('FAULTLAYER_OTLP_PORT', port, 'port of OTLP/HTTP; 0 is any that is free', 4318),
  otlpGrpcPort: option(
    'FAULTLAYER_OTLP_GRPC_PORT',
    (text) => (text === 'off' ? text : port(text)),
    'port of OTLP/gRPC, or off; when unset 4317 if it is free, else none',
  ),
  httpHost: option(
    'FAULTLAYER_HTTP_HOST',
    parsers.text,
    'address of /metrics, health and pages; localhost is 127.0.0.1 and, where it exists, ::1',
    'localhost',
  ),
  httpPort: option('FAULTLAYER_HTTP_PORT', port, 'port of /metrics, health and pages; 0 is any that is free', 9468),
  httpToken: secret(
    'FAULTLAYER_HTTP_TOKEN',
    'token for the failure pages and their API; without it the collector makes one, kept in ~/.local/state/faultlayer/token',
  ),
  httpTokenFile: text(
    'FAULTLAYER_HTTP_TOKEN_FILE',
    'file that holds the token of the failure pages, such as a mounted Secret; read at the start',
  ),
  openLocal: flag(
    'FAULTLAYER_OPEN_LOCAL',
    'show the failure pages without a token to whoever connects from this host itself',
  ),
  trustedProxies: option(
    'FAULTLAYER_TRUSTED_PROXIES',
    parsers.networks,
    'addresses or networks (10.0.0.0/8) of authenticating proxies: what they send with X-Forwarded-User or Remote-User is admitted without a token',
    [],
  ),
  httpTlsCert: text(
    'FAULTLAYER_HTTP_TLS_CERT',
    'file with the certificate chain of /metrics and the pages (PEM); with the key, they are HTTPS',
  ),
  httpTlsKey: text('FAULTLAYER_HTTP_TLS_KEY', 'file with the private key of that certificate (PEM)'),
  httpHosts: list(
    'FAULTLAYER_HTTP_HOSTS',
    'host names, besides localhost and addresses, under which the failure pages are served',
  ),
  publicUrl: option(
    'FAULTLAYER_PUBLIC_URL',
    parsers.origin,
    'where people reach the pages, such as https://failures.example.com: for sign-in links, whose host is served, too',
  ),
  grafanaUrl: option('FAULTLAYER_GRAFANA_URL', parsers.url, 'Grafana that has the dashboards; pages link to it'),
  runbooksUrl: option(
    'FAULTLAYER_RUNBOOKS_URL',
    parsers.url,
    'folder of the runbooks that pages link to',
    'https://github.com/faultlayer/faultlayer/blob/main/alerts/runbooks',
  ),
  evidenceFile: text(
    'FAULTLAYER_EVIDENCE_FILE',
    'SQLite file in which kept failures survive a restart (Node 24 or newer)',
  ),
  evidenceLog: text('FAULTLAYER_EVIDENCE_LOG', 'stdout, stderr or a file that gets one JSON line per failure'),
  evidenceLogsEndpoint: text(
    'FAULTLAYER_EVIDENCE_LOGS_ENDPOINT',
    'OTLP/HTTP logs endpoint (…/v1/logs) that gets one log record per failure',
  ),
  replayOrigins: optionsOf('cli').list(
    'FAULTLAYER_REPLAY_ORIGINS',
    'origins (https://api.example.com) to which faultlayer replay --run may send',
  ),
  forwardEndpoint: text('FAULTLAYER_FORWARD_ENDPOINT', 'OTLP/HTTP endpoint that gets every received body as it came'),
  forwardHeaders: secret(
    'FAULTLAYER_FORWARD_HEADERS',
    'headers sent with every forwarded body, as name=value,name=value',
    '',
  ),
  otlpToken: secret('FAULTLAYER_OTLP_TOKEN', 'bearer token every OTLP sender must show'),
  otlpTlsCert: text(
    'FAULTLAYER_OTLP_TLS_CERT',
    'file with the OTLP receiver’s certificate chain (PEM); with the key, it speaks HTTPS',
  ),
  otlpTlsKey: text('FAULTLAYER_OTLP_TLS_KEY', 'file with the private key of that certificate (PEM)'),
  memoryLimit: option(
    'FAULTLAYER_MEMORY_LIMIT',
    parsers.integer(64, 1_048_576),
    'MiB of heap and buffers past which the collector refuses bodies with 503 until it has less',
    512,
  ),
  semconvMetrics: flag(
    'FAULTLAYER_SEMCONV_METRICS',
    'serve http_client_request_duration_seconds as well, the semantic conventions’ own histogram',
  ),
  stopSeconds: option(
    'FAULTLAYER_STOP_SECONDS',
    parsers.integer(0, 3600),
    'seconds after SIGTERM in which /metrics still answers, at most, until a scrape came after the last span',
    25,
  ),
  seriesIdle: option(
    'FAULTLAYER_SERIES_IDLE',
    parsers.integer(60, 604_800),
    'seconds after which a series without a call is dropped',
    3600,
  ),
} as const;
