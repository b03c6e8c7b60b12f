import { parentPort, workerData } from 'node:worker_threads';

/** What one scrape took, and the event loop's delay since the one before. */
export interface Scrape {
  readonly ms: number;
  readonly lagMs: number;
  readonly bytes: number;
}

/** Scrapes once a second, one at a time, from a thread of its own: the sender's event loop must not be in the time. */
const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
for (;;) {
  const began = performance.now();
  const page = await fetch(String(workerData), { headers }).then((answer) => answer.text());
  const ms = performance.now() - began;
  const lag = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(page)?.[1];
  parentPort!.postMessage({ ms, lagMs: Number(lag) * 1000, bytes: page.length } satisfies Scrape);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - ms)));
}
