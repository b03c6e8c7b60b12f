// Many calls, good and bad, through fetch and node:http, and the heap after each part. Needs --expose-gc.
import http from 'node:http';

const [base, parts, size] = process.argv.slice(2);
const { startCapture } = await import(`${process.env.CAPTURE_DIST}/instrumentation/capture/index.js`);
const { attributesOf } = await import(`${process.env.CAPTURE_DIST}/instrumentation/attributes/index.js`);

let ended = 0;
let sample;
const capture = startCapture({
  start() {},
  end(call, outcome) {
    ended++;
    attributesOf(call, outcome);
    if (ended % 1000 === 0) sample = new WeakRef(call);
  },
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const path = (i) => (i % 10 === 0 ? `/fail/${i}` : `/ok/${i}`);
const viaFetch = async (i) => {
  const response = await fetch(base + path(i), { signal: i % 7 === 0 ? AbortSignal.timeout(60_000) : undefined });
  if (i % 3 !== 0) await response.text();
  else await response.body?.cancel();
};
const viaHttp = (i) =>
  new Promise((done) => {
    http.get(base + path(i), { agent }, (response) => response.resume().on('end', done)).on('error', done);
  });
async function run(call, from, count) {
  let next = from;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next < from + count) await call(next++);
    }),
  );
}

const heap = [];
for (let part = 0; part < Number(parts); part++) {
  await run(viaFetch, part * Number(size), Number(size));
  await run(viaHttp, part * Number(size), Number(size));
  capture.sweep();
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done, 20));
    globalThis.gc();
  }
  heap.push(process.memoryUsage().heapUsed);
}
console.log(JSON.stringify({ heap, ended, open: capture.open, collected: sample?.deref() === undefined }));
process.exit(0);
