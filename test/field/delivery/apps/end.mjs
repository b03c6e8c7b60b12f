// A call that fails, and then an end of the process: END says which. What the exit listeners between the application's first and last cost is
// written to descriptor 3.
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { call } from './call.mjs';

const { END } = process.env;
let began = 0;
process.prependListener('exit', () => {
  began = performance.now();
});
process.on('exit', () => {
  const ms = performance.now() - began;
  console.log('the application’s own listener');
  const lost = globalThis[Symbol.for('faultlayer.running')]?.dropped ?? 0;
  if (process.env.REPORT && cluster.isPrimary && process.send === undefined) writeSync(3, JSON.stringify({ ms, lost }));
});

const fail = async () => console.log(await call());
const signal = (name) => async () => {
  await fail();
  setTimeout(() => process.kill(process.pid, name), 300);
};
const thread = (file) => new Worker(new URL(file, import.meta.url));
const told = (worker) => new Promise((resolve) => worker.once('message', resolve));

const ENDS = {
  dry: fail,
  async uncaught() {
    await fail();
    process.nextTick(() => {
      throw new Error('the application’s own');
    });
  },
  async rejection() {
    await fail();
    Promise.reject(new Error('the application’s own'));
  },
  async exit() {
    await fail();
    process.exit(3);
  },
  async exit300() {
    await fail();
    setTimeout(() => process.exit(3), 300);
  },
  async abort() {
    await fail();
    process.abort();
  },
  sigterm: signal('SIGTERM'),
  sigint: signal('SIGINT'),
  sigkill: signal('SIGKILL'),
  // nothing of the thread's loop runs any more, and nothing of the process's end
  async blocked() {
    await told(thread('./blocked.mjs'));
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300);
  },
  async terminate() {
    const worker = thread('./idle.mjs');
    await told(worker);
    await worker.terminate();
  },
  async fork() {
    if (process.send === undefined) return void fork(process.argv[1]).on('exit', (code) => console.log('child', code));
    await fail();
    process.disconnect();
  },
  async disconnect() {
    if (cluster.isPrimary) return void cluster.fork().on('exit', (code) => console.log('worker', code));
    await fail();
    cluster.worker.disconnect();
  },
};
await ENDS[END]();
