// express or fastify with the application's SDK: one request in, four calls out.
const { stop } = require('./sdk.cjs');
const { calls, stay } = require('./calls.cjs');
const answer = { express: asExpress, fastify: asFastify }[process.env.SERVER];

async function asExpress() {
  const app = require('express')();
  app.get('/work', async (_req, res) => res.send(await calls()));
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return [server.address().port, () => server.close()];
}
async function asFastify() {
  const app = require('fastify')();
  app.get('/work', () => calls());
  await app.listen({ port: 0, host: '127.0.0.1' });
  return [app.server.address().port, () => app.close()];
}

(async () => {
  const [port, close] = await answer();
  // as a client that is not this process: its own call is left out of every count
  const { spawn } = require('node:child_process');
  const asked = spawn('curl', ['-s', `http://127.0.0.1:${port}/work`], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const piece of asked.stdout) console.log(String(piece));
  await stay();
  close();
  await stop();
})();
