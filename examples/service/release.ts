import { join } from 'node:path';

/** One version of one service with what its deployment says. */
export interface Release {
  readonly service: string;
  readonly version: string;
  readonly jobs: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One service has an OpenTelemetry SDK, which faultlayer starts and whose spans it adopts. */
const SDK = { FAULTLAYER_SPANS: 'sdk', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

/** What runs at first: two services, six providers, one provider they share. */
export const RELEASES: readonly Release[] = [
  { service: 'checkout', version: '2.7.0', jobs: 'stripe,exchange-rates,warehouse,github' },
  { service: 'assistant', version: '1.4.0', jobs: 'openai,aws,github', env: SDK },
];

/** Names that end in `.test` are in no catalogue, so the providers are named by configuration. */
const PROVIDERS = [
  'api.stripe.test=stripe',
  'api.openai.test=openai',
  'api.github.test=github',
  '.amazonaws.test=aws',
  'api.exchange-rates.test=exchange-rates',
  'api.warehouse.test=warehouse',
].join(',');

/** Where a release finds the collector, the provider, and the provider's certificate and zone file. */
export interface Surroundings {
  readonly otlp: string;
  readonly providerPort: number;
  readonly certs: string;
}

const here = import.meta.dirname;

/** The command line of every release: preloads and the program, nothing else. */
export const COMMAND: readonly [string, ...string[]] = [
  process.execPath,
  '--require',
  'faultlayer/register',
  '--require',
  join(here, 'names.js'),
  join(here, 'main.js'),
];

/** The environment of one release: what a deployment file would say. */
export const environmentOf = (release: Release, at: Surroundings): Record<string, string> => ({
  OTEL_SERVICE_NAME: release.service,
  OTEL_RESOURCE_ATTRIBUTES: `service.version=${release.version},deployment.environment.name=example`,
  OTEL_EXPORTER_OTLP_ENDPOINT: at.otlp,
  OTEL_BSP_SCHEDULE_DELAY: '500', // 5 s by default: too long where five minutes last ten seconds
  FAULTLAYER_PROVIDERS: PROVIDERS,
  NODE_EXTRA_CA_CERTS: join(at.certs, 'ca.pem'),
  SERVICE_HOSTS: join(at.certs, 'hosts'),
  SERVICE_JOBS: release.jobs,
  PROVIDER_PORT: String(at.providerPort),
  ...release.env,
});
