/** Polls until `ready`, at most `deadlineMs`; then throws a sentence with `what` was awaited. */
export async function waitFor(
  ready: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 20_000,
): Promise<void> {
  const until = performance.now() + deadlineMs;
  while (!(await ready())) {
    if (performance.now() > until) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
