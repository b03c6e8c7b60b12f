import { parentPort } from 'node:worker_threads';
import { call } from './call.mjs';

await call();
parentPort.postMessage('called');
setInterval(() => {}, 1000);
