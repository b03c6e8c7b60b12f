import { redactText } from '../../src/redact/index.ts';
import { now } from './now.ts';

/** The only place that writes to the application's stderr. Stdout is never touched. */
const LEVELS = ['NONE', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'VERBOSE', 'ALL'] as const;
const DEBUG = LEVELS.indexOf('DEBUG');

/** Faults of our own that are written with their stacks, at most, per minute. */
const FAULTS_PER_MINUTE = 10;
/** Kinds of faults that are told apart. */
const KINDS = 100;
const MESSAGE_MAX = 500;

export type Log = ReturnType<typeof createLog>;

/** @param level `FAULTLAYER_LOG_LEVEL`, else `OTEL_LOG_LEVEL`; WARN when absent, so that an undisturbed application sees at most a line per problem */
export function createLog(
  level: string | undefined,
  write: (line: string) => void = (line) => void process.stderr.write(line),
) {
  const at = LEVELS.indexOf((level?.toUpperCase() ?? 'WARN') as (typeof LEVELS)[number]);
  const threshold = at < 0 ? 2 : at;
  const said = new Set<string>();
  let minute = Number.NEGATIVE_INFINITY;
  let written = 0;
  const print = (line: string) => {
    try {
      write(`faultlayer: ${line}\n`);
    } catch {
      // a closed stderr is no reason to disturb anyone
    }
  };
  return {
    /** Once per `key` and process. */
    warnOnce(key: string, line: string): void {
      if (threshold < 2 || said.has(key)) return;
      said.add(key);
      print(line);
    },
    debug(line: string): void {
      if (threshold >= DEBUG) print(line);
    },
    /** Our own fault, with its stack: once per kind, at a bounded rate; each of them while debugging. */
    fault(hook: string, error: unknown): void {
      if (threshold < 1) return;
      const { message, frames } = partsOf(error);
      const kind = `fault ${hook} ${frames[0] ?? message}`;
      if (threshold < DEBUG && (said.has(kind) || said.size >= KINDS)) return;
      if (now() - minute > 60_000) {
        minute = now();
        written = 0;
      }
      if (++written > FAULTS_PER_MINUTE) return;
      said.add(kind);
      print([`a fault of ours in ${hook}, the application goes on: ${message}`, ...frames].join('\n'));
    },
  };
}

/** Without secrets. */
function redacted(text: string): string {
  try {
    return redactText(text, MESSAGE_MAX);
  } catch {
    // the half that redacts cannot be loaded (scripts/halves.mjs): a fault of its own, told with its stack
    return 'something that cannot be redacted, so it is not shown';
  }
}

/** What was thrown, its message without secrets, and where. */
function partsOf(error: unknown): { message: string; frames: string[] } {
  if (!(error instanceof Error)) return { message: redacted(String(error)), frames: [] };
  const frames = String(error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return { message: redacted(`${error.name}: ${error.message}`), frames };
}
