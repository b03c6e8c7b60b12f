import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registeredProvider } from '../span/context.ts';
import { sentryClient, sentryTraces } from './sentry.ts';

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
/** Agents that trace without OpenTelemetry and write the trace's headers themselves, some of them after us. */
const AGENTS = ['newrelic', 'elastic-apm-node', '@instana/collector', '@dynatrace/oneagent', 'appdynamics'] as const;
const PRELOADS = /opentelemetry|otel|sentry|dd-trace|newrelic|elastic-apm|applicationinsights|instrumentation|tracing/i;
/** Where our own preload lies, when it is named by its path. */
const HERE = dirname(dirname(fileURLToPath(import.meta.url)));
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

/** What minifiers leave of an SDK: names of its environment variables, of its header. The API alone has none of them. */
const MARKS = ['OTEL_BSP_', 'sentry-trace'];
/** Below, no SDK fits; above, looking would be felt at the start. */
const BUNDLE_BYTES = { least: 48 * 1024, most: 64 * 1024 * 1024 };

/**
 * Does another agent carry the application's trace on? Then we write no header: a second `traceparent` or one of ours in the place of
 * theirs would cut the trace.
 */
export function hasOtherAgent(execArgv: readonly string[], nodeOptions: string, main: string | undefined): boolean {
  const isAgent = (name: string): boolean => (AGENTS as readonly string[]).some((agent) => name.includes(agent));
  if (preloadsOf([...execArgv, ...nodeOptions.split(/\s+/)]).some(isAgent)) return true;
  try {
    return dependencies(main).some(isAgent);
  } catch {
    return false;
  }
}

/** A bundle has its SDK inside, and the manifest beside it need not name it. */
function bundlesSdk(main: string | undefined): boolean {
  const size = main === undefined ? 0 : (statSync(main, { throwIfNoEntry: false })?.size ?? 0);
  if (main === undefined || size < BUNDLE_BYTES.least || size > BUNDLE_BYTES.most) return false;
  const text = readFileSync(main);
  return MARKS.some((mark) => text.includes(mark));
}

/**
 * Does the application trace by now? Sentry that only reports errors does not, though versions 8 to 10 register a provider
 * all the same.
 */
export function applicationTraces(): boolean {
  const registered = registeredProvider() as { getDelegate?(): unknown } | undefined;
  const client = sentryClient();
  if (client === undefined) return registered !== undefined;
  if (sentryTraces(client)) return true;
  return registered !== undefined && (registered.getDelegate?.() ?? registered) !== client.traceProvider;
}

/**
 * Will the application run a tracing SDK of its own? Then we must not register a global one: the OpenTelemetry API takes the
 * first that comes and refuses the second. Judged by what is registered already, by the other preloads, by the application's
 * manifest and, if it is a bundle, by what is in it.
 */
export function hasOtherSdk(execArgv: readonly string[], nodeOptions: string, main: string | undefined): boolean {
  if (registeredProvider()) return true;
  const preloads = preloadsOf([...execArgv, ...nodeOptions.split(/\s+/)]);
  if (preloads.some((preload) => PRELOADS.test(preload) && !isOurs(preload))) return true;
  try {
    return dependencies(main).some(isSdk) || bundlesSdk(main);
  } catch {
    return false;
  }
}
