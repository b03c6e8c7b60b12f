import { Memory } from '../../src/memo.ts';

/** After this many faults a hook is switched off for good: a defect that repeats must not cost every call. */
export const MAX_FAULTS = 10;

/** Is told of each fault: by place, with what was thrown. */
export type OnFault = (hook: string, error: unknown) => void;
type Handler<This, Args extends unknown[], T> = (this: This, ...args: Args) => T;

/**
 * Keeps our own defects away from the application: a throw is counted by place and swallowed, and a hook that keeps throwing is switched
 * off (OpenTelemetry specification, error handling, "MUST NOT throw"). A channel's subscriber that throws would become an
 * `uncaughtException` of the application (node: lib/diagnostics_channel.js, `triggerUncaughtException`).
 */
export interface Guard {
  /** Runs `fn`; after a fault, or once the hook is off, returns `otherwise`. */
  run<T>(hook: string, fn: () => T, otherwise: T): T;
  /** The same for a function that is called again and again. */
  handler<This, Args extends unknown[]>(hook: string, fn: Handler<This, Args, void>): Handler<This, Args, void>;
  handler<This, Args extends unknown[], T>(
    hook: string,
    fn: Handler<This, Args, T>,
    otherwise: T,
  ): Handler<This, Args, T>;
  /** Counts a fault that was caught elsewhere. */
  fault(hook: string, error: unknown): void;
  isOff(hook: string): boolean;
  /** Faults by hook since the start. */
  readonly faults: ReadonlyMap<string, number>;
}

/**
 * @param onFault sees each fault, for the log; a throw of its own is swallowed too
 * @param memory in force while guarded code runs
 */
export function createGuard(onFault?: OnFault, memory?: Memory): Guard {
  const faults = new Map<string, number>();
  const fault = (hook: string, error: unknown) => {
    faults.set(hook, (faults.get(hook) ?? 0) + 1);
    try {
      onFault?.(hook, error);
    } catch {
      // nothing is left to tell it to
    }
  };
  const isOff = (hook: string) => faults.size > 0 && (faults.get(hook) ?? 0) >= MAX_FAULTS;
  // three arguments are as many as any has: a list of them, and `finally`, would cost every event of a call
  const handler = <This, Args extends unknown[], T>(hook: string, fn: Handler<This, Args, T>, otherwise?: T) =>
    function (this: This, a?: unknown, b?: unknown, c?: unknown): T {
      if (isOff(hook)) return otherwise as T;
      const before = memory && Memory.use(memory);
      let result = otherwise as T;
      try {
        result = (fn as Handler<This, unknown[], T>).call(this, a, b, c);
      } catch (error) {
        fault(hook, error);
      }
      if (before !== memory) Memory.use(before!);
      return result;
    };
  return { faults, fault, isOff, handler, run: (hook, fn, otherwise) => handler(hook, fn, otherwise).call(undefined) };
}
