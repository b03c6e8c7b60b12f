// Asks for the running preload in its code, as the documentation says. Then connects: each engine has a listener of its own on the socket.
const { subscribe } = require('node:diagnostics_channel');
const { connect } = require('node:net');

const engine = () => Object.keys(require.cache).some((file) => file.endsWith('register.bundle.cjs'));
const before = engine();
import(process.argv[2]).then(({ start }) => {
  const handle = start();
  console.log(before, engine(), handle === globalThis[Symbol.for('faultlayer.running')], handle === start());
  subscribe('net.client.socket', ({ socket }) => console.log(socket.listenerCount('lookup')));
  connect(1, '127.0.0.1').on('error', () => {});
});
