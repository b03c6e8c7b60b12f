// Reads good streamed answers, one after another, as many as it is told to, and says what CPU time each took, with all that was done since the
// streams before. Arguments: base URL, client, path.
const http = require('node:http');

const [base, client, way] = process.argv.slice(2);
/** So many calls until what any call takes is compiled, of the quicker kind; then so many streams. */
const WARM = 1000;
const WARM_STREAMS = 100;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const readers = {
  async fetch(path) {
    let pieces = 0;
    for await (const _ of (await fetch(`${base}${path}`, { method: 'POST' })).body) pieces++;
    return pieces;
  },
  http: (path) =>
    new Promise((resolve, reject) => {
      const request = http.request(`${base}${path}`, { method: 'POST', agent }, (response) => {
        let pieces = 0;
        response.on('data', () => pieces++);
        response.on('end', () => resolve(pieces));
      });
      request.on('error', reject).end();
    }),
};

let before;
process.on('message', async (streams) => {
  let pieces = 0;
  const began = process.cpuUsage();
  for (let i = 0; i < streams; i++) pieces += await readers[client](way);
  const per = ({ user, system }) => (user + system) / streams;
  process.send({
    micros: per(process.cpuUsage(before)),
    reading: per(process.cpuUsage(began)),
    pieces: pieces / streams,
  });
  before = process.cpuUsage();
});

async function main() {
  for (let i = 0; i < WARM; i++) await readers[client]('/once');
  for (let i = 0; i < WARM_STREAMS; i++) await readers[client](way);
  // what is loaded once, by the first export, is no cost of a stream
  await new Promise((resolve) => setTimeout(resolve, 1000));
  before = process.cpuUsage();
  process.send('ready');
}
main();
