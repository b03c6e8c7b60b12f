import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
interface Parsed<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: O }>>['values'];
  readonly positionals: readonly string[];
}
/** The option values of a command, for its helpers. */
export type ValuesOf<O extends Options> = Parsed<O>['values'];

/** Wrong usage, told in one sentence: exit code 2. */
export class UsageError extends Error {}
/** What was asked for could not be done, told in one sentence: exit code 1. */
export class ProblemError extends Error {}

/** What `parseArgs` and a file that cannot be read raise: the user's mistake, not ours. */
export const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error &&
  /^(ERR_PARSE_ARGS|ENOENT|EACCES|EISDIR|ENOTDIR)/.test((error as NodeJS.ErrnoException).code ?? '');

export interface Head<O extends Options> {
  readonly name: string;
  /** What `--help` prints, its last newline included. */
  readonly usage: string;
  readonly options: O;
  /** Whether words without a dash are taken. */
  readonly positionals?: boolean;
  run(values: ValuesOf<O>, positionals: readonly string[]): Promise<number> | number;
}

/** The head every subcommand shares: options, `--help`, mistakes as one sentence on stderr. Returns the exit code. */
export function command<const O extends Options>(head: Head<O>): (args: readonly string[]) => Promise<number> {
  return async (args) => {
    try {
      const { values, positionals } = parseArgs({
        args: [...args],
        options: { ...head.options, help: { type: 'boolean', short: 'h' } } as Options,
        allowPositionals: head.positionals === true,
      });
      if (values['help'] === true) {
        process.stdout.write(head.usage);
        return 0;
      }
      return await head.run(values as ValuesOf<O>, positionals);
    } catch (error) {
      const usage = error instanceof UsageError || isArgumentError(error);
      if (!usage && !(error instanceof ProblemError)) throw error;
      process.stderr.write(`faultlayer ${head.name}: ${error.message}\n`);
      return usage ? 2 : 1;
    }
  };
}
