// Calls a server one after another, in blocks, and prints the process's CPU time per call of each kind.
const http = require('node:http');

const [base, calls, blocks] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const CLIENTS = {
  fetch: async (url) => (await fetch(url)).text(),
  http: (url) =>
    new Promise((resolve, reject) => {
      http.get(url, { agent }, (res) => res.resume().on('end', resolve)).on('error', reject);
    }),
};
const KINDS = Object.keys(CLIENTS).flatMap((client) =>
  ['ok', 'fail'].map((path) => [`${client} ${path}`, client, path]),
);

async function block(client, path) {
  const before = process.cpuUsage();
  for (let i = 0; i < Number(calls); i++) await CLIENTS[client](`${base}/${path}/v1/things/${i}`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / Number(calls);
}

(async () => {
  const result = Object.fromEntries(KINDS.map(([name]) => [name, []]));
  // twice, so that the compiler has seen the failing path too
  for (let i = 0; i < 2; i++) for (const [, client, path] of KINDS) await block(client, path);
  for (let i = 0; i < Number(blocks); i++)
    for (const [name, client, path] of KINDS) result[name].push(await block(client, path));
  console.log(JSON.stringify(result));
  process.exit(0);
})();
