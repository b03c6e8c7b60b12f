import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';

const SCRIPT = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']);

export interface Application {
  readonly command: string;
  readonly args: readonly string[];
}

/** `app.js --port 3000` and `--watch app.js` run under this Node; anything else is a command of its own. */
export function applicationOf(words: readonly string[]): Application {
  const [first = '', ...rest] = words;
  const script = SCRIPT.has(extname(first)) && existsSync(first);
  if (first.startsWith('-') || script) return { command: process.execPath, args: words };
  return { command: first, args: rest };
}

/** The name in the nearest package.json above a folder. */
export function packageName(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      const { name } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { name?: unknown };
      if (typeof name === 'string' && name !== '') return name;
    } catch {
      // none here, or not readable: the one above may name the service
    }
    if (dirname(at) === at) return undefined;
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/** The environment an application is run with so that its Node processes send their spans to a collector. */
export function instrumented(env: Env, register: string, otlpUrl: string, folder: string): NodeJS.ProcessEnv {
  const service = env['OTEL_SERVICE_NAME'] || packageName(folder);
  // Node splits NODE_OPTIONS at spaces outside double quotes, where a backslash escapes.
  const preload = `--require "${register.replace(/["\\]/g, '\\$&')}"`;
  return {
    OTEL_BSP_SCHEDULE_DELAY: '100',
    ...env,
    NODE_OPTIONS: [env['NODE_OPTIONS'], preload].filter(Boolean).join(' '),
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_TRACES_EXPORTER: 'otlp',
    ...(service === undefined ? {} : { OTEL_SERVICE_NAME: service }),
  };
}
