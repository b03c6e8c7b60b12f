// Starts the built application as `next start` does, asks for a page and a route, stays a little, and ends.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { createServer } = require('node:net');

(async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  const { NODE_OPTIONS, ...env } = process.env;
  const args = [require.resolve('next/dist/bin/next'), 'start', '-H', '127.0.0.1', '-p', String(port)];
  const server = spawn(process.execPath, args, {
    env: { ...env, NODE_OPTIONS: process.env.APP_NODE_OPTIONS ?? '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ask = async (path) => {
    for (let i = 0; i < 300; i++) {
      try {
        const text = await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
        return /<p>(.*?)<\/p>/.exec(text)?.[1] ?? text;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    throw new Error('the application does not answer');
  };
  console.log(await ask('/work'), '|', await ask('/api/work'));
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.STAY)));
  server.kill('SIGTERM');
  await once(server, 'exit');
})();
