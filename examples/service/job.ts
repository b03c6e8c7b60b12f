/** One unit of work, the n-th: calls a provider, and throws when that fails. */
export type Job = (n: number) => Promise<void>;

/**
 * Runs a job about `perSecond` times a second, with at most `atOnce` running, until stopped. Its failures are the job's own business: a service
 * logs them somewhere, this one counts them.
 */
export function repeat(
  job: Job,
  perSecond: number,
  atOnce: number,
): { stop(): void; counts: { ok: number; failed: number } } {
  const counts = { ok: 0, failed: 0 };
  let running = 0;
  let begun = 1_000_000;
  let timer: NodeJS.Timeout;
  const tick = () => {
    timer = setTimeout(tick, (1_000 / perSecond) * (0.5 + Math.random()));
    if (running >= atOnce) return;
    running++;
    job(++begun)
      .then(
        () => void counts.ok++,
        () => void counts.failed++,
      )
      .finally(() => running--);
  };
  tick();
  return { counts, stop: () => clearTimeout(timer) };
}
