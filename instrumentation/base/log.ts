/** The only place that writes to the application's stderr. Stdout is never touched. */
const LEVELS = ['NONE', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'VERBOSE', 'ALL'] as const;

export interface Log {
  /** Once per `key` and process. */
  warnOnce(key: string, line: string): void;
  debug(line: string): void;
}

/** @param level `OTEL_LOG_LEVEL`; WARN when absent, so that an undisturbed application sees at most a line per problem */
export function createLog(
  level: string | undefined,
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Log {
  const at = LEVELS.indexOf((level?.toUpperCase() ?? 'WARN') as (typeof LEVELS)[number]);
  const threshold = at < 0 ? 2 : at;
  const said = new Set<string>();
  const print = (line: string) => {
    try {
      write(`faultlayer: ${line}\n`);
    } catch {
      // a closed stderr is no reason to disturb anyone
    }
  };
  return {
    warnOnce(key, line) {
      if (threshold < 2 || said.has(key)) return;
      said.add(key);
      print(line);
    },
    debug(line) {
      if (threshold >= 4) print(line);
    },
  };
}
