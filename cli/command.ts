import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
/** The option values of a command, for its helpers. */
export type ValuesOf<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** An option with a value, for the table of a command: the value's name and what the option does. */
export const text = (value: string, doc: string) => ({ type: 'string', value, doc }) as const;
/** The same, repeatable. */
export const list = (value: string, doc: string) => ({ type: 'string', multiple: true, value, doc }) as const;
export const flag = (doc: string) => ({ type: 'boolean', doc }) as const;

/** Options that several commands share. */
export const JSON_FLAG = flag('the result as JSON');
export const CA = text('file', "trust these certificates (PEM) besides Node's own");
export const caOf = (file: string | undefined): { ca?: string[] } =>
  file === undefined ? {} : { ca: [readFileSync(file, 'utf8')] };

/** Wrong usage, told in one sentence: exit code 2. */
export class UsageError extends Error {}
/** What was asked for could not be done, told in one sentence: exit code 1. */
export class ProblemError extends Error {}

/** What `parseArgs` and a file that cannot be read raise: the user's mistake, not ours. */
const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error &&
  /^(ERR_PARSE_ARGS|ENOENT|EACCES|EISDIR|ENOTDIR)/.test((error as NodeJS.ErrnoException).code ?? '');

interface Head<O extends Options> {
  readonly name: string;
  /** What `--help` prints above the table of options. */
  readonly usage: string;
  readonly options: O;
  /** What `--help` prints below it. */
  readonly exits?: string;
  /** Words without a dash: how many at least and at most, and what they are. None where it is absent. */
  readonly words?: readonly [least: number, most: number, what: string];
  run(values: ValuesOf<O>, positionals: readonly string[]): Promise<number> | number;
}

/** What `--help` prints: the options' table is the one that is parsed, so that none is left out. */
function helpOf({ usage, options, exits }: Head<Options>): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const { value, doc = '' } = option as { value?: string; doc?: string };
    return [`  --${name}${value === undefined ? '' : ` <${value}>`}`, doc] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  const table = rows.map(([left, doc]) => `${left.padEnd(width)}  ${doc}`.trimEnd());
  return `${[usage, table.join('\n'), exits].filter(Boolean).join('\n\n')}\n`;
}

/** The head every subcommand shares: options, `--help`, mistakes as one sentence on stderr. Returns the exit code. */
export function command<const O extends Options>(head: Head<O>): (args: readonly string[]) => Promise<number> {
  const [least, most, what] = head.words ?? [0, 0, ''];
  return async (args) => {
    try {
      const { values, positionals } = parseArgs({
        args: [...args],
        options: { ...head.options, help: { type: 'boolean', short: 'h' } } as Options,
        allowPositionals: most > 0,
      });
      if (values['help'] === true) {
        process.stdout.write(helpOf(head as unknown as Head<Options>));
        return 0;
      }
      if (positionals.length < least || positionals.length > most)
        throw new UsageError(`give ${what}; --help says more`);
      return await head.run(values as ValuesOf<O>, positionals);
    } catch (error) {
      const usage = error instanceof UsageError || isArgumentError(error);
      if (!usage && !(error instanceof ProblemError)) throw error;
      process.stderr.write(`faultlayer ${head.name}: ${error.message}\n`);
      return usage ? 2 : 1;
    }
  };
}

/** Seconds of a `--timeout`, as milliseconds. */
export function timeoutOf(value: string | undefined, most: number): number {
  const seconds = Number(value ?? 10);
  if (!(seconds > 0 && seconds <= most)) throw new UsageError(`--timeout is seconds, up to ${most}`);
  return seconds * 1000;
}

/** A sentence for the person at the terminal, on stderr: stdout is for results. */
export const say = (sentence: string): void => void process.stderr.write(`faultlayer: ${sentence}\n`);

/** Writes a result on stdout: indented JSON with `--json`, else its text for people. */
export const output = ({ json }: { readonly json?: boolean | undefined }, data: unknown, text: () => string): void =>
  void process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : text());

/** A question for the known word that may be meant, the closest by edit distance; nothing where none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const [near] = known.map((candidate) => [distance(word, candidate), candidate] as const).sort(([a], [b]) => a - b);
  const most = Math.max(2, Math.floor(word.length / 3));
  return near !== undefined && near[0] <= most ? `; did you mean '${near[1]}'?` : '';
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
