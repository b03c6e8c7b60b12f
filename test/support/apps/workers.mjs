// Calls from the main thread, a worker thread, a forked child and a cluster worker.
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { isMainThread, Worker } from 'node:worker_threads';

const url = process.argv[2];
const role = !isMainThread ? 'thread' : (process.argv[3] ?? (cluster.isWorker ? 'cluster' : 'main'));
await (await fetch(`${url}/${role}`)).text();
if (role === 'main') {
  const worker = new Worker(new URL(import.meta.url), { argv: [url] });
  console.log('thread', (await once(worker, 'exit'))[0]);
  console.log('fork', (await once(fork(import.meta.filename, [url, 'fork']), 'exit'))[0]);
  cluster.setupPrimary({ args: [url] });
  console.log('cluster', (await once(cluster.fork(), 'exit'))[0]);
} else if (role === 'cluster') cluster.worker.disconnect();
