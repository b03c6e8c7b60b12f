import { flag, list, option, optionsOf, parsers, port, secret, text } from './option.ts';

/** What the collector and the command line read. */
export const COLLECTOR = optionsOf('collector', {
  otlpHost: option(
    parsers.text,
    'address the OTLP receiver listens on; localhost is 127.0.0.1 and, where it exists, ::1',
    'localhost',
  ),
  otlpPort: option(port, 'port of OTLP/HTTP; 0 is any that is free', 4318),
  otlpGrpcPort: option(
    (text) => (text === 'off' ? text : port(text)),
    'port of OTLP/gRPC, or off; when unset 4317 if it is free, else none',
  ),
  httpHost: option(
    parsers.text,
    'address of /metrics, health and pages; localhost is 127.0.0.1 and, where it exists, ::1',
    'localhost',
  ),
  httpPort: option(port, 'port of /metrics, health and pages; 0 is any that is free', 9468),
  httpToken: secret(
    'token for the failure pages and their API; without it the collector makes one, kept in ~/.local/state/faultlayer/token',
  ),
  httpTokenFile: text('file that holds the token of the failure pages, such as a mounted Secret; read at the start'),
  openLocal: flag('show the failure pages without a token to whoever connects from this host itself'),
  trustedProxies: option(
    parsers.networks,
    'addresses or networks (10.0.0.0/8) of authenticating proxies: what they send with X-Forwarded-User or Remote-User is admitted without a token',
    [],
  ),
  httpTlsCert: text('file with the certificate chain of /metrics and the pages (PEM); with the key, they are HTTPS'),
  httpTlsKey: text('file with the private key of that certificate (PEM)'),
  httpHosts: list('host names, besides localhost and addresses, under which the failure pages are served'),
  publicUrl: option(
    parsers.origin,
    'where people reach the pages, such as https://failures.example.com: for sign-in links, whose host is served, too',
  ),
  grafanaUrl: option(parsers.url, 'Grafana that has the dashboards; pages link to it'),
  runbooksUrl: option(
    parsers.url,
    'folder of the runbooks that pages link to',
    'https://github.com/faultlayer/faultlayer/blob/main/alerts/runbooks',
  ),
  evidenceFile: text('SQLite file in which kept failures survive a restart (Node 24 or newer)'),
  evidenceLog: text('stdout, stderr or a file that gets one JSON line per failure'),
  evidenceLogsEndpoint: text('OTLP/HTTP logs endpoint (…/v1/logs) that gets one log record per failure'),
  replayOrigins: {
    reader: 'cli',
    ...list('origins (https://api.example.com) to which faultlayer replay --run may send'),
  },
  forwardEndpoint: text('OTLP/HTTP endpoint that gets every received body as it came'),
  forwardHeaders: secret('headers sent with every forwarded body, as name=value,name=value', ''),
  otlpToken: secret('bearer token every OTLP sender must show'),
  otlpTlsCert: text('file with the OTLP receiver’s certificate chain (PEM); with the key, it speaks HTTPS'),
  otlpTlsKey: text('file with the private key of that certificate (PEM)'),
  memoryLimit: option(
    parsers.integer(64, 1_048_576),
    'MiB of heap and buffers past which the collector refuses bodies with 503 until it has less',
    512,
  ),
  semconvMetrics: flag('serve http_client_request_duration_seconds as well, the semantic conventions’ own histogram'),
  stopSeconds: option(
    parsers.integer(0, 3600),
    'seconds after SIGTERM in which /metrics still answers, at most, until a scrape came after the last span',
    25,
  ),
  seriesIdle: option(parsers.integer(60, 604_800), 'seconds after which a series without a call is dropped', 3600),
});
