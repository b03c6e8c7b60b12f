import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** What one scrape took, and the event loop's delay since the one before. */
export interface Scrape {
  readonly ms: number;
  readonly lagMs: number;
  readonly bytes: number;
}

const agent = new Agent({ keepAlive: true });
const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
/** Only received, as fast as can be: what a reader makes of a page is not the collector's time. */
const scrape = (): Promise<Buffer[]> =>
  new Promise((resolve, reject) => {
    const request = get(String(workerData), { agent, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => void pieces.push(piece));
      answer.once('end', () => resolve(pieces)).once('error', reject);
    });
    request.once('error', reject);
  });

/** Scrapes once a second, one at a time, from a thread of its own: the sender's event loop must not be in the time. */
for (;;) {
  const began = performance.now();
  const pieces = await scrape();
  const ms = performance.now() - began;
  // the collector's own metrics stand at the end
  const end = Buffer.concat(pieces.slice(-4)).toString('latin1');
  const lag = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(end)?.[1];
  if (lag === undefined) throw new Error('no event loop delay at the end of the page');
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  parentPort!.postMessage({ ms, lagMs: Number(lag) * 1000, bytes } satisfies Scrape);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - ms)));
}
