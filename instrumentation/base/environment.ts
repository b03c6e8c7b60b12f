/**
 * Readers for the standard `OTEL_*` variables. An empty value counts as unset, an unusable one is reported once and replaced by the default
 * (OpenTelemetry specification, environment variables).
 */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Reader {
  text(name: string): string | undefined;
  /** A whole number ≥ `min`. */
  integer(name: string, fallback: number, min?: number): number;
  flag(name: string): boolean;
  list(name: string): string[] | undefined;
  /** `key=value` pairs, percent-decoded (W3C Baggage form): headers and resource attributes. */
  pairs(name: string): [string, string][];
  /** One sentence per variable that could not be used. */
  readonly problems: string[];
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // a value that was never encoded stands as it is
    return text;
  }
};

export function readerOf(env: Environment): Reader {
  const problems: string[] = [];
  const text = (name: string) => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  return {
    problems,
    text,
    integer(name, fallback, min = 0) {
      const value = text(name);
      if (value === undefined) return fallback;
      const n = Number(value);
      if (Number.isInteger(n) && n >= min) return n;
      problems.push(`${name} must be a whole number of at least ${min}, not '${value}'`);
      return fallback;
    },
    flag(name) {
      const value = text(name)?.toLowerCase();
      if (value !== undefined && value !== 'true' && value !== 'false')
        problems.push(`${name} must be true or false, not '${value}'`);
      return value === 'true';
    },
    list: (name) =>
      text(name)
        ?.split(',')
        .map((s) => s.trim())
        .filter(Boolean),
    pairs(name) {
      const found: [string, string][] = [];
      for (const part of text(name)?.split(',') ?? []) {
        if (part.trim() === '') continue;
        const at = part.indexOf('=');
        const key = at > 0 ? decode(part.slice(0, at).trim()) : '';
        if (key) found.push([key, decode(part.slice(at + 1).trim())]);
        // the value may be a credential: name the variable, never quote it
        else problems.push(`${name} must be a list of key=value pairs`);
      }
      return found;
    },
  };
}
