// One call and its answer's end, by client; `http` on one kept connection.
const http = require('node:http');

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
module.exports = {
  fetch: async (url) => (await fetch(url)).text(),
  http: (url) =>
    new Promise((resolve, reject) => {
      http.get(url, { agent }, (res) => res.resume().on('end', resolve)).on('error', reject);
    }),
};
