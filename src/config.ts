import { APPLICATION } from './config/application.ts';
import { COLLECTOR } from './config/collector.ts';
import type { Option } from './config/option.ts';

export type { Option } from './config/option.ts';

/** Every `FAULTLAYER_*` variable, once. Pure: the environment is passed in. */
export const OPTIONS = { ...APPLICATION, ...COLLECTOR } as const;

export type Config = { -readonly [K in keyof typeof OPTIONS]: (typeof OPTIONS)[K]['default'] };

export interface Loaded {
  readonly config: Config;
  /** One sentence per variable that could not be used; the default stands in its place. */
  readonly problems: readonly string[];
}

/**
 * Reads the options of one environment. An empty variable counts as unset (OpenTelemetry environment variable specification), and so does what
 * Kubernetes sets for a Service: one named `faultlayer-http` is `FAULTLAYER_HTTP_PORT=tcp://10.0.0.1:80` in each pod beside it.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Loaded {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, o] of Object.entries(OPTIONS) as [string, Option][]) {
    const text = env[o.env];
    config[key] = o.default;
    if (text === undefined || text === '' || (o.env.endsWith('_PORT') && text.startsWith('tcp:'))) continue;
    try {
      config[key] = o.parse(text);
    } catch (error) {
      problems.push(`${o.env} ${(error as Error).message}, not '${o.secret ? '…' : text}'`);
    }
  }
  return { config: config as Config, problems };
}

/** Variables with our prefix that no option knows, but for those that Kubernetes sets for Services. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(Object.values(OPTIONS).map((o) => o.env));
  const names = Object.keys(env);
  const services = names.map((name) => /^(FAULTLAYER_(?:\w+_)?)SERVICE_HOST$/.exec(name)?.[1]);
  const isLink = (name: string): boolean =>
    services.some((of) => of && name.startsWith(of) && /^(?:SERVICE_|PORT)/.test(name.slice(of.length)));
  return names.filter((name) => name.startsWith('FAULTLAYER_') && !known.has(name) && !isLink(name));
}
