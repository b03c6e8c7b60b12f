import { parentPort } from 'node:worker_threads';
import { call } from './call.mjs';

console.log(await call());
parentPort.postMessage('called');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
