const LEVELS = ['none', 'error', 'warn', 'info', 'debug'] as const;
/** How much the collector says on stderr: `error` its own faults and what it cannot do, `warn` what somebody should mend, `debug` every fault. */
export type LogLevel = (typeof LEVELS)[number];

/** Senders and kinds that were named before; past it a new one is not named. */
const MOST_NAMED = 1000;

/** Lines on stderr, each with the program's name in front. */
export class Log {
  readonly level: LogLevel;
  private readonly write: (line: string) => void;
  private readonly named = new Set<string>();

  constructor(level: string | undefined, write: (line: string) => void = toStderr) {
    this.level = LEVELS.find((l) => l === level) ?? 'warn';
    this.write = write;
  }

  error(line: string): void {
    this.at('error', line);
  }

  warn(line: string): void {
    this.at('warn', line);
  }

  debug(line: string): void {
    this.at('debug', line);
  }

  /** A warning said once per `key`: a thousand senders that do the same wrong are a thousand lines, a sender that goes on is one. */
  warnOnce(key: string, line: string): void {
    if (this.named.has(key) || this.named.size >= MOST_NAMED) return;
    this.named.add(key);
    this.warn(line);
  }

  private at(level: LogLevel, line: string): void {
    if (LEVELS.indexOf(level) <= LEVELS.indexOf(this.level)) this.write(`faultlayer: ${line}`);
  }
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
