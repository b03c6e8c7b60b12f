import { parseProviders } from '../providers/name.ts';
import { parseSecretKeys } from '../redact/keys.ts';
import { type PathPattern, parsePatterns } from '../template.ts';
import { option, parsers, port } from './option.ts';

/** What the preload reads. */
export const APPLICATION = {
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
  captureBodies: option({
    key: 'captureBodies',
    env: 'FAULTLAYER_CAPTURE_BODIES',
    reader: 'app',
    default: false,
    parse: parsers.flag,
    doc: 'put the redacted start of failing calls’ bodies, request and answer, on the span, as evidence',
  }),
} as const;
