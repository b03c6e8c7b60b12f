import { parseProviders } from '../providers/name.ts';
import { parseOwnRules } from '../redact/own-rules.ts';
import { parsePatterns } from '../template/index.ts';
import { flag, option, optionsOf, parsers, port, secret, text } from './option.ts';

/** What the preload reads. */
export const APPLICATION = optionsOf('app', {
  disabled: flag('do nothing at all'),
  force: flag('start on a Node version that is not supported'),
  logLevel: option(
    parsers.oneOf('none', 'error', 'warn', 'info', 'debug'),
    'what faultlayer writes to stderr: none, error, warn, info, debug. It wins over OTEL_LOG_LEVEL; warn when neither is set. Its own faults come with stacks, once per kind',
  ),
  configFile: {
    env: 'FAULTLAYER_CONFIG',
    ...text(
      'file with hooks of your own; when unset faultlayer.config.{js,cjs,mjs,ts,json} beside the package.json of the application',
    ),
  },
  spans: option(
    parsers.oneOf('auto', 'own', 'adopted', 'sdk'),
    'who makes the client spans. auto: the application where it traces, else faultlayer; own: faultlayer; adopted: the application; sdk: an OpenTelemetry SDK that faultlayer starts',
    'auto',
  ),
  successRatio: option(
    parsers.number(0, 1),
    'share of successful calls whose own span is exported, 0 to 1; failures always are, and the collector weights what is kept',
  ),
  hashKey: secret('key of the idempotency key hashes, so that processes compare; random per process when absent'),
  metricsPort: option(
    port,
    'serve /metrics from the service itself on this port (9467 by convention), no collector needed',
  ),
  providers: option(
    parseProviders,
    'own provider names: host=name pairs, a leading dot for all names below; win over the catalogue',
    new Map<string, string>(),
  ),
  urlTemplates: option(
    parsePatterns,
    'own path templates such as /v1/users/{id}/files/**, comma-separated; the first that fits wins',
    [],
  ),
  providerMessages: option(parsers.flag, 'record providers’ error messages, redacted', true),
  readSuccess: option(
    (text) => new Set(parsers.list(text.toLowerCase())),
    'hosts that report failures with a 2xx: the start of their good answers is read; a leading dot for all names below',
    new Set<string>(),
  ),
  redact: option(
    parseOwnRules,
    'further names whose values are replaced in queries, bodies, headers and texts (ticket_no, *_ref), and values themselves behind = (=EMP-*). The collector reads it, too',
    [],
  ),
  keep: option(
    parseOwnRules,
    'names and values that are shown although a rule would hide them, written as in FAULTLAYER_REDACT, which wins. A key that its form gives away is never shown. The collector reads it, too',
    [],
  ),
  redactQuery: option(parseOwnRules, 'the older name of FAULTLAYER_REDACT; both are read', []),
  captureBodies: flag('put the redacted start of failing calls’ bodies, request and answer, on the span, as evidence'),
});
