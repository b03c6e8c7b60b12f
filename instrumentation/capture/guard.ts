/** After this many faults a handler is taken to be broken here and does nothing any more. */
const MAX_FAULTS = 10;

export type OnFault = (where: string, error: unknown) => void;

/**
 * A handler that can never throw into the application: a subscriber that throws becomes an `uncaughtException` there
 * (node: lib/diagnostics_channel.js, `triggerUncaughtException`).
 */
export function guarded<This, Args extends unknown[]>(
  where: string,
  handler: (this: This, ...args: Args) => void,
  onFault: OnFault | undefined,
): (this: This, ...args: Args) => void {
  let faults = 0;
  return function (this: This, ...args: Args): void {
    if (faults >= MAX_FAULTS) return;
    try {
      handler.apply(this, args);
    } catch (error) {
      faults++;
      count(onFault, where, error);
    }
  };
}

/** The same for a channel's subscriber, which gets one message and no `this`. */
export function guardedSubscriber(
  where: string,
  handler: (message: never) => void,
  onFault: OnFault | undefined,
): (message: unknown) => void {
  const run = handler as (message: unknown) => void;
  let faults = 0;
  return (message) => {
    if (faults >= MAX_FAULTS) return;
    try {
      run(message);
    } catch (error) {
      faults++;
      count(onFault, where, error);
    }
  };
}

function count(onFault: OnFault | undefined, where: string, error: unknown): void {
  try {
    onFault?.(where, error);
  } catch {
    // the counter itself failed: nothing is left to tell
  }
}
