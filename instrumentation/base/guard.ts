/** After this many faults a hook is switched off for good: a defect that repeats must not cost every call. */
export const MAX_FAULTS = 10;

/**
 * Keeps our own defects away from the application: every hook runs inside `run`, a throw is counted and swallowed,
 * and a hook that keeps throwing is switched off (OpenTelemetry specification, error handling, "MUST NOT throw").
 */
export interface Guard {
  /** Runs `fn`; after a fault, or once the hook is off, returns `otherwise`. */
  run<T>(hook: string, fn: () => T, otherwise: T): T;
  /** Counts a fault that was caught elsewhere. */
  fault(hook: string, error: unknown): void;
  isOff(hook: string): boolean;
  /** Faults by hook since the start. */
  readonly faults: ReadonlyMap<string, number>;
}

/** `onFault` sees each fault, for the debug log; a throw of its own is swallowed too. */
export function createGuard(onFault?: (hook: string, error: unknown) => void, limit = MAX_FAULTS): Guard {
  const faults = new Map<string, number>();
  const fault = (hook: string, error: unknown) => {
    faults.set(hook, (faults.get(hook) ?? 0) + 1);
    try {
      onFault?.(hook, error);
    } catch {
      // nothing is left to tell it to
    }
  };
  const isOff = (hook: string) => faults.size > 0 && (faults.get(hook) ?? 0) >= limit;
  return {
    faults,
    fault,
    isOff,
    run(hook, fn, otherwise) {
      if (isOff(hook)) return otherwise;
      try {
        return fn();
      } catch (error) {
        fault(hook, error);
        return otherwise;
      }
    },
  };
}
