// Makes a number of calls of one kind, one after another on one connection, and ends.
const http = require('node:http');

const [base, client, path, calls] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const CLIENTS = {
  fetch: async (url) => (await fetch(url)).text(),
  http: (url) =>
    new Promise((resolve, reject) => {
      http.get(url, { agent }, (res) => res.resume().on('end', resolve)).on('error', reject);
    }),
};

(async () => {
  for (let i = 0; i < Number(calls); i++) await CLIENTS[client](`${base}/${path}/v1/things/${i % 400}`);
  process.exit(0);
})();
