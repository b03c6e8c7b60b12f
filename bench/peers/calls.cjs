// Calls a server and tells, on stdout, what it took: CPU µs a call in the first calls of the process and once warm, GC share of the warm part, RSS.
const { PerformanceObserver } = require('node:perf_hooks');
const CLIENTS = require('../support/clients.cjs');

const [base, client, path, concurrency, cold, warmUp, warm] = process.argv
  .slice(2)
  .map((word) => (/^\d+$/.test(word) ? Number(word) : word));
let made = 0;
/** `mixed` is one failure in a hundred calls. */
const urlOf = (i) => `${base}/${path !== 'mixed' ? path : i % 100 === 99 ? 'fail' : 'ok'}/v1/things/${i % 400}`;

async function calls(many) {
  const until = made + many;
  const lane = async () => {
    while (made < until) await CLIENTS[client](urlOf(made++));
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}
/** µs of CPU a call of the whole process, what its exporters do 600 ms later included. */
async function measured(many) {
  const { user, system } = process.cpuUsage();
  await calls(many);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const after = process.cpuUsage();
  return (after.user + after.system - user - system) / many;
}

(async () => {
  const first = await measured(cold);
  if (warmUp > 0) await calls(warmUp);
  let collecting = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) collecting += entry.duration * 1000;
  });
  observer.observe({ entryTypes: ['gc'] });
  const then = await measured(warm);
  const rss = process.memoryUsage().rss / 1048576;
  process.stdout.write(`\n${JSON.stringify({ cold: first, warm: then, gc: collecting / warm, rss })}\n`, () =>
    process.exit(0),
  );
})();
