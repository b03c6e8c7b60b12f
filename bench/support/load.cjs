// Calls a server one after another, in blocks, and prints the process's CPU time per call of each kind.
const CLIENTS = require('./clients.cjs');

const [base, calls, blocks, warmups] = process.argv.slice(2).map((arg, i) => (i === 0 ? arg : Number(arg)));
const KINDS = Object.keys(CLIENTS).flatMap((client) =>
  ['ok', 'fail'].map((path) => [`${client} ${path}`, client, path]),
);

async function block(client, path) {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) await CLIENTS[client](`${base}/${path}/v1/things/${i}`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

(async () => {
  const result = Object.fromEntries(KINDS.map(([name]) => [name, []]));
  // until the optimising compiler, whose threads count too, has nothing left to do
  for (let i = 0; i < warmups; i++) for (const [, client, path] of KINDS) await block(client, path);
  for (let i = 0; i < blocks; i++)
    for (const [name, client, path] of KINDS) result[name].push(await block(client, path));
  console.log(JSON.stringify(result));
  process.exit(0);
})();
