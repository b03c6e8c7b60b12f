/** After this many faults a hook is switched off for good: a defect that repeats must not cost every call. */
export const MAX_FAULTS = 10;

/** Is told of each fault: by place, with what was thrown. */
export type OnFault = (hook: string, error: unknown) => void;
type Handler<This, Args extends unknown[]> = (this: This, ...args: Args) => void;

/**
 * Keeps our own defects away from the application: a throw is counted by place and swallowed, and a hook that keeps throwing is switched
 * off (OpenTelemetry specification, error handling, "MUST NOT throw"). A channel's subscriber that throws would become an
 * `uncaughtException` of the application (node: lib/diagnostics_channel.js, `triggerUncaughtException`).
 */
export interface Guard {
  /** Runs `fn`; after a fault, or once the hook is off, returns `otherwise`. */
  run<T>(hook: string, fn: () => T, otherwise: T): T;
  /** The same for a function that is called again and again. */
  handler<This, Args extends unknown[]>(hook: string, fn: Handler<This, Args>): Handler<This, Args>;
  /** The same for a channel's subscriber, which gets one message and no `this`. */
  subscriber(hook: string, fn: (message: never) => void): (message: unknown) => void;
  /** Counts a fault that was caught elsewhere. */
  fault(hook: string, error: unknown): void;
  isOff(hook: string): boolean;
  /** Faults by hook since the start. */
  readonly faults: ReadonlyMap<string, number>;
}

/** `onFault` sees each fault, for the log; a throw of its own is swallowed too. */
export function createGuard(onFault?: OnFault, limit = MAX_FAULTS): Guard {
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
    handler: (hook, fn) =>
      function (...args) {
        if (isOff(hook)) return;
        try {
          fn.apply(this, args);
        } catch (error) {
          fault(hook, error);
        }
      },
    subscriber(hook, fn) {
      const run = fn as (message: unknown) => void;
      return (message) => {
        if (isOff(hook)) return;
        try {
          run(message);
        } catch (error) {
          fault(hook, error);
        }
      };
    },
  };
}
