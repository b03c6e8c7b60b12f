// Makes a number of calls of one kind, one after another on one connection, and ends.
const CLIENTS = require('./clients.cjs');

const [base, client, path, calls] = process.argv.slice(2);

(async () => {
  for (let i = 0; i < Number(calls); i++) await CLIENTS[client](`${base}/${path}/v1/things/${i % 400}`);
  process.exit(0);
})();
