// Reads good streamed answers, one after another, and says what CPU time each took. Arguments: base URL, client, path, how many.
const http = require('node:http');

const [base, client, way, many] = process.argv.slice(2);
const STREAMS = Number(many);
/** So many calls until what any call takes is compiled, of the quicker kind. */
const WARM = 2000;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const readers = {
  async fetch(path) {
    let length = 0;
    for await (const chunk of (await fetch(`${base}${path}`, { method: 'POST' })).body) length += chunk.length;
    return length;
  },
  http: (path) =>
    new Promise((resolve, reject) => {
      const request = http.request(`${base}${path}`, { method: 'POST', agent }, (response) => {
        let length = 0;
        response.on('data', (chunk) => {
          length += chunk.length;
        });
        response.on('end', () => resolve(length));
      });
      request.on('error', reject).end();
    }),
};

async function main() {
  for (let i = 0; i < WARM; i++) await readers[client]('/once');
  for (let i = 0; i < 50; i++) await readers[client](way);
  // what is loaded once, by the first export, is no cost of a stream
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const before = process.cpuUsage();
  for (let i = 0; i < STREAMS; i++) await readers[client](way);
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / STREAMS);
  process.exit();
}
main();
