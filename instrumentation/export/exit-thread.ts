import { workerData } from 'node:worker_threads';
import type { ThreadData } from './exit-worker.ts';
import { createTransport } from './transport.ts';

/** The thread that `sendFromThread` starts: sends the bodies and says whether all arrived. */
const { endpoint, bodies, onlyOurs, told } = workerData as ThreadData;
// the transport's sockets hold nobody
const hold = setInterval(() => {}, 1000);
const end = (delivered: boolean): void => {
  clearInterval(hold);
  Atomics.store(told, 0, delivered ? 1 : 2);
  Atomics.notify(told, 0);
};
try {
  const transport = createTransport({ ...endpoint, url: new URL(endpoint.url) });
  const send = async (): Promise<boolean> => {
    if (onlyOurs) await transport.post(new Uint8Array(0), true);
    if (onlyOurs && transport.isOurs !== true) return false;
    const verdicts = await Promise.all(bodies.map((body) => transport.post(body, true)));
    return verdicts.every(({ kind }) => kind === 'ok');
  };
  send()
    .then(end, () => end(false))
    .finally(() => transport.close());
} catch {
  // the waiting thread hears that nothing was delivered, and counts it
  end(false);
}
