import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registeredProvider } from './span/context.ts';

/** Packages that start an OpenTelemetry SDK of their own, or patch as one does. */
const SDKS = [
  '@opentelemetry/sdk-node',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/auto-instrumentations-node',
  '@vercel/otel',
  '@azure/monitor-opentelemetry',
  '@honeycombio/opentelemetry-node',
  '@splunk/otel',
  '@elastic/opentelemetry-node',
  '@traceloop/node-server-sdk',
  'applicationinsights',
  'dd-trace',
  'logfire',
] as const;
const PRELOADS = /opentelemetry|otel|sentry|dd-trace|newrelic|elastic-apm|applicationinsights|instrumentation|tracing/i;
/** Where our own preload lies, when it is named by its path. */
const HERE = dirname(fileURLToPath(import.meta.url));
const isOurs = (preload: string): boolean => /(^|\/)faultlayer\//.test(preload) || resolve(preload).startsWith(HERE);

const isSdk = (name: string): boolean => (SDKS as readonly string[]).includes(name) || name.startsWith('@sentry/');

/** Values of `--require` and `--import` in arguments or NODE_OPTIONS. */
export function preloadsOf(words: readonly string[]): string[] {
  const found: string[] = [];
  for (const [i, word] of words.entries()) {
    const [flag, value] = word.split(/=(.*)/s);
    if (flag !== '-r' && flag !== '--require' && flag !== '--import') continue;
    const preload = value ?? words[i + 1];
    if (preload !== undefined) found.push(preload);
  }
  return found;
}

/** Nearest package.json above the main script: the dependencies the application states. */
function dependencies(main: string | undefined): string[] {
  for (let folder = main ? dirname(main) : process.cwd(); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string> | undefined>;
      return Object.keys({ ...manifest['dependencies'], ...manifest['optionalDependencies'] });
    }
    if (dirname(folder) === folder) return [];
  }
}

/**
 * Will the application run a tracing SDK of its own? Then we must not register a global one: the OpenTelemetry API takes the
 * first that comes and refuses the second. Judged by what is registered already, by the other preloads, and by the
 * application's manifest; a bundle that hides its SDK needs `FAULTLAYER_SPANS=adopted`.
 */
export function hasOtherSdk(execArgv: readonly string[], nodeOptions: string, main: string | undefined): boolean {
  if (registeredProvider()) return true;
  const preloads = preloadsOf([...execArgv, ...nodeOptions.split(/\s+/)]);
  if (preloads.some((preload) => PRELOADS.test(preload) && !isOurs(preload))) return true;
  try {
    return dependencies(main).some(isSdk);
  } catch {
    return false;
  }
}
