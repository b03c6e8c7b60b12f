// What every application of this suite does: six calls below a span of its own, and what came of them on stdout. As `everywhere` it
// does the same in a worker thread, a forked child and a cluster's worker.
const { fork } = require('node:child_process');
const cluster = require('node:cluster');
const { once } = require('node:events');
const http = require('node:http');
const { Worker } = require('node:worker_threads');

const get = (url) =>
  new Promise((resolve, reject) => {
    http
      .get(url, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        res.on('end', () => resolve([res.statusCode, text]));
      })
      .on('error', reject);
  });
const viaFetch = async (url) => {
  const response = await fetch(url);
  return [response.status, await response.text()];
};

const [, app, url, refused, role = 'main'] = process.argv;

async function elsewhere() {
  const ended = async (name, emitter) => console.log(name, (await once(emitter, 'exit'))[0]);
  await ended('thread', new Worker(app, { argv: [url, refused, 'thread'] }));
  await ended('fork', fork(app, [url, refused, 'fork']));
  cluster.setupPrimary({ exec: app, args: [url, refused, 'cluster'] });
  await ended('cluster', cluster.fork());
}

/** `sdk` is what the application starts its tracing with: `inSpan(name, fn)` and `stop()`. */
module.exports = async (sdk) => {
  const calls = [
    ['fetch ok', () => viaFetch(`${url}/${role}/fetch`)],
    ['fetch fails', () => viaFetch(`${url}/${role}/fetch/fail?token=s3cr3t`)],
    ['http ok', () => get(`${url}/${role}/http`)],
    ['http fails', () => get(`${url}/${role}/http/fail`)],
    ['fetch refused', () => viaFetch(`${refused}/`)],
    ['http refused', () => get(`${refused}/`)],
  ];
  await sdk.inSpan('job', async () => {
    for (const [name, call] of calls) {
      const saw = await call().catch((error) => [error.name, error.code ?? error.cause?.code]);
      console.log(role, name, ...saw);
    }
  });
  await sdk.stop();
  if (role === 'everywhere') await elsewhere();
  if (role === 'cluster') cluster.worker.disconnect();
};
