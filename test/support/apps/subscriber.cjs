// Listens on a channel of ours before it calls: whoever subscribed first has put its listeners on the socket by then. Then stops us and calls again.
const { subscribe } = require('node:diagnostics_channel');
const { createServer, connect } = require('node:net');

const counts = [];
subscribe('net.client.socket', ({ socket }) => counts.push(socket.listenerCount('lookup')));
const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1', async () => {
  const call = () =>
    new Promise((resolve) => connect(server.address().port, '127.0.0.1').on('close', resolve).resume());
  await call();
  await globalThis[Symbol.for('faultlayer.running')].stop();
  await call();
  server.close();
  console.log(...counts, Symbol.for('faultlayer.place') in globalThis);
});
