// A process that calls seldom: the collector has long closed its connection when the next call fails, and the process is killed soon afterwards.
import { setTimeout as wait } from 'node:timers/promises';
import { call } from './call.mjs';

for (const path of ['first', 'second', 'third']) {
  await wait(Number(process.env.PAUSE));
  await call(`${process.env.TARGET}/${path}`);
}
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300);
