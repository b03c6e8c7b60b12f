// What a database driver does with its socket: up to Node's own limit of listeners, a warning is a leak that is not there.
import net from 'node:net';

const events =
  'lookup connectionAttempt connect ready secure secureConnect timeout end free agentRemove close error drain'.split(
    ' ',
  );
const warnings = [];
process.on('warning', ({ message }) => warnings.push(message));
const server = net
  .createServer((peer) => peer.on('error', () => {}))
  .listen(0, '127.0.0.1', () => {
    const socket = net.connect(server.address().port, '127.0.0.1', () => {
      const own = socket.listenerCount('end') - 1;
      for (const event of events)
        while (socket.listenerCount(event) < 10 + (event === 'end' ? own : 1)) socket.on(event, () => {});
      setTimeout(() => {
        console.log(JSON.stringify({ warnings }));
        process.exit();
      }, 50);
    });
  });
