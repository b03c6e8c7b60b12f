#!/usr/bin/env node
import { loadConfig } from '../src/config.ts';
import { useOwnRules } from '../src/redact/own-rules.ts';
import { didYouMean, say } from './command.ts';
import { COMMANDS } from './commands.ts';

const usage = (): string => {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const rows = Object.entries(COMMANDS).map(([name, c]) => `  ${name.padEnd(width)}  ${c.summary}`);
  return ['usage: faultlayer <command> [options]', '', ...rows, '', 'faultlayer <command> --help says more.', ''].join(
    '\n',
  );
};

/** Runs one command line. Exit codes: 0 fine, 1 found problems, 2 wrong usage. Data goes to stdout, talk to stderr. */
async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    (name === undefined ? process.stderr : process.stdout).write(usage());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-V') {
    const { VERSION } = await import('../src/version.ts');
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    say(`no command '${name}'${didYouMean(name, Object.keys(COMMANDS))}`);
    return 2;
  }
  useOwnRules(loadConfig(process.env).config);
  const { run } = await command.load();
  return run(rest);
}

// A closed pipe (`| head`) is the reader's right, not an error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  },
);
