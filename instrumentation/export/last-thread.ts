import { workerData } from 'node:worker_threads';
import type { LastData } from './last-way.ts';
import { createTransport } from './transport.ts';

/** The thread that `lastWay` starts: sends the bodies and says whether all arrived. */
const { endpoint, bodies, told } = workerData as LastData;
// the transport's sockets hold nobody
const hold = setInterval(() => {}, 1000);
const end = (delivered: boolean): void => {
  clearInterval(hold);
  Atomics.store(told, 0, delivered ? 1 : 2);
  Atomics.notify(told, 0);
};
try {
  const transport = createTransport({ ...endpoint, url: new URL(endpoint.url) });
  Promise.all(bodies.map((body) => transport.post(body, true))).then(
    (verdicts) => {
      end(verdicts.every(({ kind }) => kind === 'ok'));
      transport.close();
    },
    () => end(false),
  );
} catch {
  end(false);
}
