let sending = 0;

/** True while an export of our own is being started: that request is not the application's and gets no span. */
export const isOwnExport = (): boolean => sending > 0;

/** Runs `fn` as such. */
export function asOwnExport<T>(fn: () => T): T {
  sending++;
  try {
    return fn();
  } finally {
    sending--;
  }
}
