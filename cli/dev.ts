import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { packageFolder } from '../alerts/package-folder.ts';
import { startCollector } from '../collector/index.ts';
import { ensureToken } from '../collector/pages/token.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { LAYER } from '../src/contract/index.ts';
import { follow } from './client.ts';
import { command, flag, say, text, UsageError } from './command.ts';
import { livePrinter } from './printer.ts';

const USAGE = `usage: faultlayer dev [options] app.js [arguments]
       faultlayer dev [options] -- npm run dev

Runs an application with the preload and a collector of its own, and prints each failing outbound call as it ends.
Options of Node, such as --watch, stand before the file.`;

/** Time for what the application sent at its end to be read, ms. */
const LAST_MS = 300;
const OWN = new Set(['--summary', '--help', '-h']);

/** Own options stand first; from the first word that is none of them on, everything is the application's. */
function split(args: readonly string[]): { readonly own: string[]; readonly words: string[] } {
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at]!;
    if (word === '--') return { own: args.slice(0, at), words: args.slice(at + 1) };
    if (word === '--fail-on') at++;
    else if (!OWN.has(word) && !word.startsWith('--fail-on=')) break;
  }
  return { own: args.slice(0, at), words: args.slice(at) };
}

/** Preload, collector and live failures in one process tree. */
export function run(args: readonly string[]): Promise<number> {
  const { own, words } = split(args);
  return command({
    name: 'dev',
    usage: USAGE,
    options: {
      summary: flag('print the kinds of failures at the end'),
      'fail-on': text('layers', 'exit 1 if a call failed at one of these layers, comma-separated, or at any: all'),
    },
    exits: "Exit code: the application's own; 1 by --fail-on.",
    async run(values) {
      if (words.length === 0) throw new UsageError('give the file or command to run; --help says more');
      const failOn = layersOf(values['fail-on']);
      const config = configOn({});
      const collector = await startCollector(config).catch(() => startCollector(configOn(FREE_PORTS)));
      const pageOf = (path: string): string => `${collector.httpUrl}${path}#token=${config.httpToken}`;
      const printer = livePrinter(process.stderr, (id) => pageOf(`/failures/${id}`));
      const at = { ...config, httpPort: Number(new URL(collector.httpUrl).port) };
      const feed = follow(at, config.httpToken, (failure) => printer.add(failure));
      // it ends with the collector, which is ours
      feed.ended.catch(() => {});
      say(`failing calls are listed here and at ${pageOf('/failures')}`);
      try {
        const code = await exitOf(applicationOf(words), instrumented(process.env, collector.otlpUrl));
        await new Promise((resolve) => setTimeout(resolve, LAST_MS));
        printer.tellRepeats();
        if (values.summary) process.stderr.write(printer.summary());
        return code === 0 && printer.countAt(failOn) > 0 ? 1 : code;
      } finally {
        feed.close();
        await collector.close();
      }
    },
  })(own);
}

function layersOf(text = ''): ReadonlySet<string> {
  const layers = text.split(',').filter(Boolean);
  if (layers.includes('all')) return new Set(Object.keys(LAYER));
  const wrong = layers.find((layer) => !Object.hasOwn(LAYER, layer));
  if (wrong !== undefined)
    throw new UsageError(`there is no layer '${wrong}'; layers are ${Object.keys(LAYER).join(', ')}`);
  return new Set(layers);
}

const FREE_PORTS = { FAULTLAYER_OTLP_PORT: '0', FAULTLAYER_HTTP_PORT: '0' };

/**
 * A collector on loopback, in memory. On its usual ports other commands find it, and tasks whose runner keeps all variables but NODE_OPTIONS
 * from them (turbo). Where the application's spans went before, they are forwarded to.
 */
const configOn = (ports: Partial<typeof FREE_PORTS>): Config =>
  loadConfig({
    FAULTLAYER_OTLP_PORT: process.env['FAULTLAYER_OTLP_PORT'],
    FAULTLAYER_HTTP_PORT: process.env['FAULTLAYER_HTTP_PORT'],
    FAULTLAYER_HTTP_TOKEN: ensureToken(process.env['FAULTLAYER_HTTP_TOKEN'], process.env),
    FAULTLAYER_FORWARD_ENDPOINT: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'],
    ...ports,
  }).config;

/** Runs the application with our own stdin, stdout and stderr; its exit code, or 128 and the signal that ended it. */
function exitOf([command = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { env, stdio: 'inherit', shell: process.platform === 'win32' });
  // A terminal sends Ctrl-C to the application as well: it decides when to end, and we end after it.
  const ignored = (): void => {};
  const passedOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', ignored).on('SIGTERM', passedOn).on('SIGHUP', passedOn);
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(new UsageError(error.code === 'ENOENT' ? `no file or command '${command}'` : error.message)),
    );
    child.on('exit', (code, signal) => {
      process.off('SIGINT', ignored).off('SIGTERM', passedOn).off('SIGHUP', passedOn);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

const SCRIPT = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']);

/** `app.js --port 3000` and `--watch app.js` run under this Node; anything else is a command of its own. */
function applicationOf(words: readonly string[]): readonly string[] {
  const [first = ''] = words;
  const script = SCRIPT.has(extname(first)) && existsSync(first);
  return first.startsWith('-') || script ? [process.execPath, ...words] : words;
}

/** The name in the nearest package.json above a folder. */
function packageName(folder: string): string | undefined {
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

/** The environment an application is run with so that its Node processes send their spans to a collector. */
function instrumented(env: NodeJS.ProcessEnv, otlpUrl: string): NodeJS.ProcessEnv {
  const service = env['OTEL_SERVICE_NAME'] || packageName(process.cwd());
  const register = join(packageFolder(), 'dist/instrumentation/register.cjs');
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
