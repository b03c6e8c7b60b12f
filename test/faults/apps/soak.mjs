// A service that never rests: five kinds of calls against a server of its own, the heap sampled after a collection.
import http from 'node:http';

const [count, module] = process.argv.slice(2);
const { start } = await import(module);
const handle = start();
const server = http.createServer((req, res) => {
  if (req.url.startsWith('/drop')) req.socket.destroy();
  else if (req.url.startsWith('/fail'))
    res.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{"code":"down","message":"later"}}');
  else res.end('fine');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
let watched = 0;
let collected = 0;
const registry = new FinalizationRegistry(() => {
  collected++;
});
const viaHttp = (path, read) =>
  new Promise((resolve) => {
    const request = http.get(base + path, { agent }, (res) => {
      if (read) res.resume().on('end', resolve);
      else res.destroy(resolve());
    });
    request.on('error', resolve);
    if (watched < 2000) {
      watched++;
      registry.register(request);
    }
  });
const viaFetch = async (path, init) => {
  try {
    await (await fetch(base + path, init)).text();
  } catch {}
};
const KINDS = [
  (i) => viaHttp(`/ok/${i}`, true),
  (i) => viaHttp(`/ok/${i}`, true),
  (i) => viaHttp(`/ok/${i}`, true),
  (i) => viaHttp(`/fail/${i}`, true),
  (i) => viaHttp(`/ok/${i}`, false),
  (i) => viaHttp(`/drop/${i}`, true),
  (i) => viaFetch(`/ok/${i}`),
  async (i) => {
    await viaFetch(`/fail/${i}`, { method: 'POST', body: 'x' });
    await viaFetch(`/fail/${i}`, { method: 'POST', body: 'x' });
  },
];
const samples = [];
const rest = () => new Promise((resolve) => setTimeout(resolve, 50));
const STEPS = 24;
let calls = 0;
for (let step = 0; step < STEPS; step++) {
  const until = (Number(count) / STEPS) * (step + 1);
  while (calls < until) {
    await Promise.all([0, 1, 2, 3].map((k) => KINDS[(calls + k) % KINDS.length](calls + k)));
    calls += 4;
  }
  await rest();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  samples.push({ calls, heap: heapUsed, external });
}
for (let i = 0; i < 50 && collected < watched; i++) {
  await rest();
  globalThis.gc();
}
console.log(JSON.stringify({ samples, faults: handle.faults.size, alive: watched - collected }));
agent.destroy();
server.closeAllConnections();
server.close();
