// A service that never rests: twelve kinds of calls, good, failing, dropped, unread, cancelled and refused; the heap after a collection, again
// and again. With SOAK_LEAK an object of two fields is kept of each call, to show that the test would see it. Needs --expose-gc.
import http from 'node:http';

const [base, refused, count, module] = process.argv.slice(2);
const LEAK = process.env.SOAK_LEAK === 'yes';
const SAMPLES = 40;
const { start } = await import(module);
const handle = start();
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
let watched = 0;
let collected = 0;
const registry = new FinalizationRegistry(() => {
  collected++;
});
const viaHttp = (path, { read = (res) => res.resume(), origin = base } = {}) =>
  new Promise((resolve) => {
    const request = http.get(origin + path, { agent }, (res) => read(res.on('error', resolve).on('close', resolve)));
    request.on('error', resolve).on('close', resolve);
    if (watched < 2000) {
      watched++;
      registry.register(request);
    }
  });
const viaFetch = async (path, { read = (response) => response.text(), origin = base, ...init } = {}) => {
  try {
    await read(await fetch(origin + path, init));
  } catch {}
};
const cancel = (response) => response.body?.cancel();
const destroy = (response) => response.destroy();
const aborted = (path) => {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  return viaFetch(path, { signal: controller.signal });
};
const KINDS = [
  (i) => viaFetch(`/ok/${i}`),
  (i) => viaHttp(`/ok/${i}`),
  (i) => viaFetch(`/ok/${i}`, { signal: AbortSignal.timeout(60_000) }),
  (i) => viaHttp(`/ok/${i}`),
  (i) => viaFetch(`/fail/${i}`, { method: 'POST', body: 'x', headers: { 'idempotency-key': `key-${i}` } }),
  (i) => viaHttp(`/fail/${i}`),
  (i) => viaFetch(`/fail/${i}`, { read: cancel }),
  (i) => viaHttp(`/fail/${i}`, { read: destroy }),
  (i) => viaFetch(`/drop/${i}`),
  (i) => viaHttp(`/ok/${i}`, { read: destroy }),
  (i) => (i % 24 < 12 ? aborted(`/hang/${i}`) : viaFetch('/again')),
  (i) => (i % 24 < 12 ? viaHttp(`/drop/${i}`) : viaHttp('/', { origin: refused })),
];
const kept = [];
const samples = [];
let calls = 0;
const rest = () => new Promise((resolve) => setTimeout(resolve, 30));
const worker = async (until) => {
  while (calls < until) {
    const i = calls++;
    await KINDS[i % KINDS.length](i);
    if (LEAK) kept.push({ i, until });
  }
};
for (let step = 1; step <= SAMPLES; step++) {
  const until = Math.round((Number(count) / SAMPLES) * step);
  await Promise.all([worker(until), worker(until), worker(until), worker(until)]);
  await handle.flush();
  for (let i = 0; i < 3; i++) {
    await rest();
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  samples.push([calls, heapUsed + external]);
}
for (let i = 0; i < 50 && collected < watched; i++) {
  await rest();
  globalThis.gc();
}
console.log(JSON.stringify({ samples, faults: handle.faults.size, alive: watched - collected }));
agent.destroy();
