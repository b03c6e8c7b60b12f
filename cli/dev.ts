import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { constants } from 'node:os';
import { join } from 'node:path';
import { packageFolder } from '../alerts/package-folder.ts';
import { type Collector, startCollector } from '../collector/index.ts';
import { loadConfig } from '../src/config.ts';
import { LAYER } from '../src/contract/index.ts';
import { command, flag, text, UsageError } from './command.ts';
import { type Application, applicationOf, instrumented } from './live/application.ts';
import { follow } from './live/feed.ts';
import { LivePrinter } from './live/printer.ts';

const USAGE = `usage: faultlayer dev [options] app.js [arguments]
       faultlayer dev [options] -- npm run dev

Runs an application with the preload and a collector of its own, and prints each failing outbound call as it ends.
Options of Node, such as --watch, stand before the file.`;

/** Time for what the application sent at its end to be read, ms. */
const LAST_MS = 300;
const OWN = new Set(['--summary', '--json', '--help', '-h']);

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
      json: flag('print the addresses of the collector on stderr as JSON'),
    },
    exits: "Exit code: the application's own; 1 by --fail-on.",
    async run(values) {
      if (words.length === 0) throw new UsageError('give the file or command to run; --help says more');
      const failOn = layersOf(values['fail-on']);
      const { collector, token } = await ownCollector();
      try {
        return await listen(collector, token, words, {
          failOn,
          summary: values.summary === true,
          json: values.json === true,
        });
      } finally {
        await collector.close();
      }
    },
  })(own);
}

interface Listening {
  readonly failOn: ReadonlySet<string>;
  readonly summary: boolean;
  readonly json: boolean;
}

/** Runs the application beside a collector and prints what fails; resolves to the exit code. */
async function listen(collector: Collector, token: string, words: readonly string[], how: Listening): Promise<number> {
  const page = (id: string): string => `${collector.httpUrl}/failures/${id}#token=${token}`;
  const printer = new LivePrinter({ stream: process.stderr, linkOf: page });
  const feed = follow(
    (path, headers, answer) => request(`${collector.httpUrl}${path}`, { headers }, answer),
    token,
    (live) => printer.add(live),
  );
  // it ends with the collector, which is ours
  feed.ended.catch(() => {});
  process.stderr.write(
    `faultlayer: failing calls are listed here and at ${collector.httpUrl}/failures#token=${token}\n`,
  );
  if (how.json) process.stderr.write(`${JSON.stringify({ otlp: collector.otlpUrl, http: collector.httpUrl })}\n`);
  const register = join(packageFolder(), 'dist/instrumentation/register.cjs');
  const env = instrumented(process.env, register, collector.otlpUrl, process.cwd());
  try {
    const code = await exitOf(applicationOf(words), env);
    await new Promise((resolve) => setTimeout(resolve, LAST_MS));
    printer.tellRepeats();
    if (how.summary) process.stderr.write(printer.summary());
    return code === 0 && printer.countAt(how.failOn) > 0 ? 1 : code;
  } finally {
    feed.close();
  }
}

function layersOf(text = ''): ReadonlySet<string> {
  const layers = text.split(',').filter(Boolean);
  if (layers.includes('all')) return new Set(Object.keys(LAYER));
  const wrong = layers.find((layer) => !Object.hasOwn(LAYER, layer));
  if (wrong !== undefined)
    throw new UsageError(`there is no layer '${wrong}'; layers are ${Object.keys(LAYER).join(', ')}`);
  return new Set(layers);
}

/** On free loopback ports, in memory. Where the application's spans went before, they are forwarded to. */
async function ownCollector(): Promise<{ readonly collector: Collector; readonly token: string }> {
  const token = randomBytes(18).toString('base64url');
  const { config } = loadConfig({
    FAULTLAYER_OTLP_PORT: '0',
    FAULTLAYER_HTTP_PORT: '0',
    FAULTLAYER_HTTP_TOKEN: token,
    FAULTLAYER_FORWARD_ENDPOINT: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'],
  });
  return { collector: await startCollector(config), token };
}

/** Runs the application with our own stdin, stdout and stderr; its exit code, or 128 and the signal that ended it. */
function exitOf(application: Application, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(application.command, application.args, {
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  // A terminal sends Ctrl-C to the application as well: it decides when to end, and we end after it.
  const ignored = (): void => {};
  const passedOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', ignored).on('SIGTERM', passedOn).on('SIGHUP', passedOn);
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(new UsageError(error.code === 'ENOENT' ? `there is no command '${application.command}'` : error.message)),
    );
    child.on('exit', (code, signal) => {
      process.off('SIGINT', ignored).off('SIGTERM', passedOn).off('SIGHUP', passedOn);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
