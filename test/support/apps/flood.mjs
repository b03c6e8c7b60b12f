// Many failing calls with long URLs; prints how much memory grew, and the spans that were lost.
import http from 'node:http';

const [url, count, module] = process.argv.slice(2);
const { start } = await import(module);
const handle = start();
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const filler = 'segment/'.repeat(100);
const call = (i) =>
  new Promise((resolve) => {
    http.get(`${url}/${i}/${filler}`, { agent }, (res) => res.resume().on('end', resolve)).on('error', resolve);
  });
const batch = async (from, to) => {
  for (let i = from; i < to; i += 8) await Promise.all(Array.from({ length: 8 }, (_, k) => call(i + k)));
};
await batch(0, 2000);
globalThis.gc();
const before = process.memoryUsage();
await batch(2000, Number(count));
globalThis.gc();
const after = process.memoryUsage();
console.log(
  JSON.stringify({
    heap: after.heapUsed - before.heapUsed,
    external: after.external - before.external,
    rss: after.rss - before.rss,
    dropped: handle.dropped,
    faults: handle.faults.size,
  }),
);
agent.destroy();
