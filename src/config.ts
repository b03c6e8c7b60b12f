import { parseProviders } from './providers/name.ts';
import { parseSecretKeys } from './redact/keys.ts';
import { type PathPattern, parsePatterns } from './template.ts';

/**
 * Every `FAULTLAYER_*` variable, once. Pure: the environment is passed in.
 * Who reads it: `app` = the preloaded service, `collector` = the collector, `cli` = the command line.
 */
export interface Option<T = unknown> {
  readonly key: string;
  readonly env: `FAULTLAYER_${string}`;
  readonly reader: 'app' | 'collector' | 'cli';
  readonly default: T;
  readonly doc: string;
  /** Returns the value, or throws a sentence without the variable's name. */
  readonly parse: (text: string) => T;
  /** Never printed; `faultlayer config` shows whether it is set. */
  readonly secret?: boolean;
}

const option = <T>(o: Option<T>): Option<T> => o;

export const parsers = {
  text: (t: string) => t,
  flag: (t: string) => {
    if (/^(1|true|yes|on)$/i.test(t)) return true;
    if (/^(0|false|no|off)$/i.test(t)) return false;
    throw new Error('must be true or false');
  },
  integer: (min: number, max: number) => (t: string) => {
    if (!/^-?\d+$/.test(t) || Number(t) < min || Number(t) > max)
      throw new Error(`must be a whole number from ${min} to ${max}`);
    return Number(t);
  },
  number: (min: number, max: number) => (t: string) => {
    const n = Number(t);
    if (t.trim() === '' || !Number.isFinite(n) || n < min || n > max)
      throw new Error(`must be a number from ${min} to ${max}`);
    return n;
  },
  list: (t: string) =>
    t
      .split(',')
      .map((s) => s.trim())
      .filter(Boolean),
  oneOf:
    <const V extends string>(...values: V[]) =>
    (t: string): V => {
      if ((values as string[]).includes(t)) return t as V;
      throw new Error(`must be one of ${values.join(', ')}`);
    },
};

const port = parsers.integer(0, 65535);

export const OPTIONS = {
  disabled: option({
    key: 'disabled',
    env: 'FAULTLAYER_DISABLED',
    reader: 'app',
    default: false,
    parse: parsers.flag,
    doc: 'do nothing at all',
  }),
  force: option({
    key: 'force',
    env: 'FAULTLAYER_FORCE',
    reader: 'app',
    default: false,
    parse: parsers.flag,
    doc: 'start on a Node version that is not supported',
  }),
  spans: option<'auto' | 'own' | 'sdk' | 'stock' | 'adopted'>({
    key: 'spans',
    env: 'FAULTLAYER_SPANS',
    reader: 'app',
    default: 'auto',
    parse: parsers.oneOf('auto', 'own', 'sdk', 'stock', 'adopted'),
    doc: 'who makes the client spans: own (faultlayer), sdk (faultlayer through the OpenTelemetry SDK), stock (OpenTelemetry instrumentations started by faultlayer), adopted (the application), auto (adopted beside another OpenTelemetry SDK, else own)',
  }),
  successRatio: option<number | undefined>({
    key: 'successRatio',
    env: 'FAULTLAYER_SUCCESS_RATIO',
    reader: 'app',
    default: undefined,
    parse: parsers.number(0, 1),
    doc: 'share of successful calls whose own span is exported, 0 to 1; failures always are, and the collector weights what is kept',
  }),
  hashKey: option<string | undefined>({
    key: 'hashKey',
    env: 'FAULTLAYER_HASH_KEY',
    reader: 'app',
    default: undefined,
    parse: parsers.text,
    doc: 'key of the idempotency key hashes, so that processes compare; random per process when absent',
    secret: true,
  }),
  metricsPort: option<number | undefined>({
    key: 'metricsPort',
    env: 'FAULTLAYER_METRICS_PORT',
    reader: 'app',
    default: undefined,
    parse: port,
    doc: 'serve /metrics from the service itself on this port (9467 by convention), no collector needed',
  }),
  providers: option<ReadonlyMap<string, string>>({
    key: 'providers',
    env: 'FAULTLAYER_PROVIDERS',
    reader: 'app',
    default: new Map(),
    parse: parseProviders,
    doc: 'own provider names: host=name pairs, a leading dot for all names below; win over the catalogue',
  }),
  urlTemplates: option<readonly PathPattern[]>({
    key: 'urlTemplates',
    env: 'FAULTLAYER_URL_TEMPLATES',
    reader: 'app',
    default: [],
    parse: parsePatterns,
    doc: 'own path templates such as /v1/users/{id}/files/**, comma-separated; the first that fits wins',
  }),
  providerMessages: option({
    key: 'providerMessages',
    env: 'FAULTLAYER_PROVIDER_MESSAGES',
    reader: 'app',
    default: true,
    parse: parsers.flag,
    doc: 'record providers’ error messages, redacted',
  }),
  redactQuery: option<ReadonlySet<string>>({
    key: 'redactQuery',
    env: 'FAULTLAYER_REDACT_QUERY',
    reader: 'app',
    default: new Set(),
    parse: parseSecretKeys,
    doc: 'further query parameter names whose values are replaced',
  }),
  otlpHost: option({
    key: 'otlpHost',
    env: 'FAULTLAYER_OTLP_HOST',
    reader: 'collector',
    default: '127.0.0.1',
    parse: parsers.text,
    doc: 'address the OTLP receiver listens on',
  }),
  otlpPort: option({
    key: 'otlpPort',
    env: 'FAULTLAYER_OTLP_PORT',
    reader: 'collector',
    default: 4318,
    parse: port,
    doc: 'port of the OTLP receiver',
  }),
  httpHost: option({
    key: 'httpHost',
    env: 'FAULTLAYER_HTTP_HOST',
    reader: 'collector',
    default: '127.0.0.1',
    parse: parsers.text,
    doc: 'address of /metrics, health and pages',
  }),
  httpPort: option({
    key: 'httpPort',
    env: 'FAULTLAYER_HTTP_PORT',
    reader: 'collector',
    default: 9468,
    parse: port,
    doc: 'port of /metrics, health and pages',
  }),
  captureBodies: option({
    key: 'captureBodies',
    env: 'FAULTLAYER_CAPTURE_BODIES',
    reader: 'app',
    default: false,
    parse: parsers.flag,
    doc: 'put the redacted start of failing calls’ bodies, request and answer, on the span, as evidence',
  }),
  httpToken: option<string | undefined>({
    key: 'httpToken',
    env: 'FAULTLAYER_HTTP_TOKEN',
    reader: 'collector',
    default: undefined,
    parse: parsers.text,
    secret: true,
    doc: 'token for the failure pages and their API; without it the collector makes one, kept in ~/.local/state/faultlayer/token',
  }),
  httpHosts: option<readonly string[]>({
    key: 'httpHosts',
    env: 'FAULTLAYER_HTTP_HOSTS',
    reader: 'collector',
    default: [],
    parse: parsers.list,
    doc: 'host names, besides localhost and addresses, under which the failure pages are served',
  }),
  evidenceFile: option<string | undefined>({
    key: 'evidenceFile',
    env: 'FAULTLAYER_EVIDENCE_FILE',
    reader: 'collector',
    default: undefined,
    parse: parsers.text,
    doc: 'SQLite file in which kept failures survive a restart (Node 24 or newer)',
  }),
  evidenceLog: option<string | undefined>({
    key: 'evidenceLog',
    env: 'FAULTLAYER_EVIDENCE_LOG',
    reader: 'collector',
    default: undefined,
    parse: parsers.text,
    doc: 'stdout, stderr or a file that gets one JSON line per failure',
  }),
  evidenceLogsEndpoint: option<string | undefined>({
    key: 'evidenceLogsEndpoint',
    env: 'FAULTLAYER_EVIDENCE_LOGS_ENDPOINT',
    reader: 'collector',
    default: undefined,
    parse: parsers.text,
    doc: 'OTLP/HTTP logs endpoint (…/v1/logs) that gets one log record per failure',
  }),
  replayOrigins: option<readonly string[]>({
    key: 'replayOrigins',
    env: 'FAULTLAYER_REPLAY_ORIGINS',
    reader: 'cli',
    default: [],
    parse: parsers.list,
    doc: 'origins (https://api.example.com) to which faultlayer replay --run may send',
  }),
  forwardEndpoint: option<string | undefined>({
    key: 'forwardEndpoint',
    env: 'FAULTLAYER_FORWARD_ENDPOINT',
    reader: 'collector',
    default: undefined,
    parse: parsers.text,
    doc: 'OTLP/HTTP endpoint that gets every received body as it came',
  }),
  forwardHeaders: option({
    key: 'forwardHeaders',
    env: 'FAULTLAYER_FORWARD_HEADERS',
    reader: 'collector',
    default: '',
    parse: parsers.text,
    secret: true,
    doc: 'headers sent with every forwarded body, as name=value,name=value',
  }),
  otlpToken: option<string | undefined>({
    key: 'otlpToken',
    env: 'FAULTLAYER_OTLP_TOKEN',
    reader: 'collector',
    default: undefined,
    parse: parsers.text,
    secret: true,
    doc: 'bearer token every OTLP sender must show',
  }),
  otlpTlsCert: option<string | undefined>({
    key: 'otlpTlsCert',
    env: 'FAULTLAYER_OTLP_TLS_CERT',
    reader: 'collector',
    default: undefined,
    parse: parsers.text,
    doc: 'file with the OTLP receiver’s certificate chain (PEM); with the key, it speaks HTTPS',
  }),
  otlpTlsKey: option<string | undefined>({
    key: 'otlpTlsKey',
    env: 'FAULTLAYER_OTLP_TLS_KEY',
    reader: 'collector',
    default: undefined,
    parse: parsers.text,
    doc: 'file with the private key of that certificate (PEM)',
  }),
  memoryLimit: option({
    key: 'memoryLimit',
    env: 'FAULTLAYER_MEMORY_LIMIT',
    reader: 'collector',
    default: 512,
    parse: parsers.integer(64, 1_048_576),
    doc: 'MiB of heap and buffers past which the collector refuses bodies with 503 until it has less',
  }),
  seriesIdle: option({
    key: 'seriesIdle',
    env: 'FAULTLAYER_SERIES_IDLE',
    reader: 'collector',
    default: 3600,
    parse: parsers.integer(60, 604_800),
    doc: 'seconds after which a series without a call is dropped',
  }),
} as const;

export type Config = { -readonly [K in keyof typeof OPTIONS]: (typeof OPTIONS)[K] extends Option<infer T> ? T : never };

export interface Loaded {
  readonly config: Config;
  /** One sentence per variable that could not be used; the default stands in its place. */
  readonly problems: readonly string[];
}

/** Reads the options of one environment. An empty variable counts as unset (OpenTelemetry environment variable specification). */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Loaded {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, o] of Object.entries(OPTIONS) as [string, Option][]) {
    const text = env[o.env];
    config[key] = o.default;
    if (text === undefined || text === '') continue;
    try {
      config[key] = o.parse(text);
    } catch (error) {
      problems.push(`${o.env} ${(error as Error).message}, not '${o.secret ? '…' : text}'`);
    }
  }
  return { config: config as Config, problems };
}

/** Variables with our prefix that no option knows. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(Object.values(OPTIONS).map((o) => o.env));
  return Object.keys(env).filter((name) => name.startsWith('FAULTLAYER_') && !known.has(name));
}
