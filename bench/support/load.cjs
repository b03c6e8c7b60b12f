// Calls a server one after another, a block whenever told to, and answers with the CPU time this process had used before it, in µs: exports
// that a block leaves behind are counted to it, up to the next.
const CLIENTS = require('./clients.cjs');

const [base, calls] = process.argv.slice(2);

process.on('message', async ([client, path]) => {
  const { user, system } = process.cpuUsage();
  if (client !== undefined)
    for (let i = 0; i < Number(calls); i++) await CLIENTS[client](`${base}/${path}/v1/things/${i}`);
  process.send(user + system);
});
process.on('disconnect', () => process.exit(0));
